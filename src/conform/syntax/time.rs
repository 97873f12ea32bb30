//! Times of day (RFC 3339), as `metav1.Time` reads them.

use super::Fault;

/// `2026-01-02T03:04:05Z`.
pub fn date_time(text: &str) -> Fault {
    let holds = text.len() >= 20 && text.as_bytes()[10] == b'T' && text.parse::<jiff::Timestamp>().is_ok();
    (!holds).then(|| "must be a time as 2026-01-02T03:04:05Z".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        assert!(date_time("2026-01-02T03:04:05Z").is_none() && date_time("2026-01-02T03:04:05.5+02:00").is_none());
        for wrong in ["2026-01-02", "2026-13-02T03:04:05Z", "2026-01-02 03:04:05Z", "now", ""] {
            assert!(date_time(wrong).is_some(), "{wrong}");
        }
    }
}
