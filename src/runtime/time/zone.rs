//! Time zones: UTC, the machine's own, those of the IANA database, fixed offsets.

use std::sync::{Arc, LazyLock};

use jiff::Timestamp;
use jiff::tz::{Dst, TimeZone, TimeZoneDatabase};

/// Where a time is.
#[derive(Debug, Clone)]
pub enum Zone {
    /// UTC.
    Utc,
    /// The zone that counts as the machine's own.
    Local(TimeZone),
    /// A zone of the database, by its name.
    Named(Arc<str>, TimeZone),
    /// An offset in seconds, with an abbreviation that may be empty.
    Fixed(Arc<str>, i32),
}

/// What holds in a zone at an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZoneInfo {
    /// The abbreviation, such as `CET`; may be empty.
    pub name: String,
    /// The offset from UTC in seconds.
    pub offset: i32,
    /// Whether it is daylight saving time.
    pub dst: bool,
}

static LOCAL: LazyLock<TimeZone> = LazyLock::new(|| match TimeZone::try_system() {
    Ok(zone) if !zone.is_unknown() => zone,
    _ => TimeZone::UTC,
});

/// The same on every machine, so not the machine's.
static DATABASE: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

impl Zone {
    /// The machine's own zone.
    pub fn local() -> Zone {
        Zone::Local(LOCAL.clone())
    }

    /// UTC, called `Local`.
    pub fn local_utc() -> Zone {
        Zone::Local(TimeZone::UTC)
    }

    /// Go's `LoadLocation`: `Local`, `UTC` or nothing for UTC, and the names of the database, in the right case.
    pub fn load(name: &str) -> Option<Zone> {
        match name {
            "" | "UTC" => Some(Zone::Utc),
            "Local" => Some(Zone::local()),
            _ => {
                let zone = DATABASE.get(name).ok().filter(|zone| zone.iana_name() == Some(name))?;
                Some(Zone::Named(name.into(), zone))
            }
        }
    }

    /// Its name, as Go's `Location` prints.
    pub fn name(&self) -> &str {
        match self {
            Zone::Utc => "UTC",
            Zone::Local(_) => "Local",
            Zone::Named(name, _) | Zone::Fixed(name, _) => name,
        }
    }

    /// What holds at an instant, in seconds since 1970.
    pub fn info(&self, seconds: i64) -> ZoneInfo {
        match self {
            Zone::Utc => ZoneInfo { name: "UTC".into(), offset: 0, dst: false },
            Zone::Local(zone) | Zone::Named(_, zone) => lookup(zone, seconds),
            Zone::Fixed(name, offset) => ZoneInfo { name: name.to_string(), offset: *offset, dst: false },
        }
    }

    /// The offset that an abbreviation stands for here: at this instant if it is in use then, else at any time.
    pub fn offset_of(&self, abbreviation: &str, seconds: i64) -> Option<i32> {
        // Over a year from the instant a zone shows the abbreviations it has.
        let around = [0, -90, 90, 180, 270].map(|days| self.info(seconds.saturating_add(days * 86_400)));
        around.into_iter().find(|info| info.name == abbreviation).map(|info| info.offset)
    }

    /// The instant at which clocks here show what clocks in UTC show at `seconds`, as Go's `Date` finds it.
    pub fn instant(&self, seconds: i64) -> i64 {
        let first = self.info(seconds).offset;
        if first == 0 {
            return seconds;
        }
        let guess = seconds.saturating_sub(i64::from(first));
        seconds.saturating_sub(i64::from(self.info(guess).offset))
    }
}

fn lookup(zone: &TimeZone, seconds: i64) -> ZoneInfo {
    let (min, max) = (Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    let at = Timestamp::from_second(seconds.clamp(min, max)).unwrap_or_default();
    let info = zone.to_offset_info(at);
    ZoneInfo { name: info.abbreviation().to_owned(), offset: info.offset().seconds(), dst: info.dst() == Dst::Yes }
}
