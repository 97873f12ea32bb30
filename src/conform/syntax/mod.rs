//! The forms that the API server asks of text: names, labels, quantities, schedules, addresses.
//!
//! Each function tells what is wrong with a text, in words that follow its name (`must be …`), and nothing where it is
//! right. Sources: `k8s.io/apimachinery/pkg/util/validation` and what the functions name besides.

mod cron;
mod names;
mod network;
mod time;

pub(super) use crate::manifest::Quantity;
pub(super) use cron::{cron_schedule, time_zone};
pub(super) use names::*;
pub(super) use network::{cidr, host, ip, is_ipv6};
pub(super) use time::date_time;

use base64::alphabet::STANDARD;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

/// What Go's `encoding/base64` reads: padded, and the bits beyond the last byte may be set.
const BASE64: GeneralPurpose =
    GeneralPurpose::new(&STANDARD, GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true));

/// Whether text is base64; line breaks do not count.
pub(super) fn is_base64(text: &str) -> bool {
    let bytes: Vec<u8> = text.bytes().filter(|b| !matches!(b, b'\r' | b'\n')).collect();
    base64::Engine::decode(&BASE64, bytes).is_ok()
}

/// What is wrong with a text.
pub(super) type Fault = Option<String>;
