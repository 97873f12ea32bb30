//! Schedules of CronJobs, as `github.com/robfig/cron/v3`'s ParseStandard reads them, which the API server asks.

use super::Fault;

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// A field of a schedule: its name, its bounds, and words for its numbers.
struct Field {
    name: &'static str,
    from: u32,
    to: u32,
    words: &'static [&'static str],
}

const FIELDS: [Field; 5] = [
    Field { name: "minute", from: 0, to: 59, words: &[] },
    Field { name: "hour", from: 0, to: 23, words: &[] },
    Field { name: "day of the month", from: 1, to: 31, words: &[] },
    Field { name: "month", from: 1, to: 12, words: &MONTHS },
    Field { name: "day of the week", from: 0, to: 6, words: &DAYS },
];

/// `*/5 8-18 * * mon-fri`, `@daily`, `@every 1h`.
pub fn cron_schedule(text: &str) -> Fault {
    let text = text.trim();
    if let Some(word) = text.strip_prefix('@') {
        let known = ["yearly", "annually", "monthly", "weekly", "daily", "midnight", "hourly"].contains(&word);
        let every = word.strip_prefix("every ").is_some_and(is_duration);
        return (!known && !every).then(|| format!("has no meaning: `{text}`; @hourly, @daily, @every 1h have one"));
    }
    let parts: Vec<&str> = text.split_whitespace().collect();
    if parts.len() != FIELDS.len() {
        return Some(format!("must have 5 fields (minute, hour, day, month, day of the week), has {}", parts.len()));
    }
    let mut faults = FIELDS.iter().zip(parts).filter_map(|(field, part)| field.fault(part));
    faults.next()
}

impl Field {
    fn fault(&self, part: &str) -> Fault {
        let wrong = part.split(',').find(|range| !self.fits(range))?;
        let (from, to) = (self.from, self.to);
        Some(format!(
            "has a {} that is none: `{wrong}`; it is between {from} and {to}, as `*/2`, `1-3` or `1,3`",
            self.name
        ))
    }

    /// `*`, `?`, `3`, `1-5`, each with `/2` behind it or not.
    fn fits(&self, range: &str) -> bool {
        let (range, step) = match range.split_once('/') {
            Some((range, step)) => (range, step.parse().ok().filter(|step: &u32| *step > 0)),
            None => (range, Some(1)),
        };
        let bounds = match range.split_once('-') {
            _ if range == "*" || range == "?" => Some((self.from, self.to)),
            Some((from, to)) => self.number(from).zip(self.number(to)),
            None => self.number(range).map(|n| (n, n)),
        };
        step.is_some() && bounds.is_some_and(|(from, to)| from >= self.from && to <= self.to && from <= to)
    }

    fn number(&self, text: &str) -> Option<u32> {
        let word = text.to_ascii_lowercase();
        match self.words.iter().position(|known| *known == word) {
            Some(at) => Some(at as u32 + self.from),
            None => text.parse().ok(),
        }
    }
}

/// Go's durations: `1h30m`, `1.5h`, `100ms`.
fn is_duration(text: &str) -> bool {
    let mut rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    if rest == "0" {
        return true;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(0);
        let unit_end = rest[digits..].find(|c: char| c.is_ascii_digit() || c == '.').map_or(rest.len(), |n| n + digits);
        let known = ["ns", "us", "µs", "μs", "ms", "s", "m", "h"].contains(&&rest[digits..unit_end]);
        if !known || rest[..digits].parse::<f64>().is_err() {
            return false;
        }
        rest = &rest[unit_end..];
    }
    !text.is_empty()
}

/// A time zone of the IANA database (validateTimeZone).
pub fn time_zone(text: &str) -> Fault {
    if text.eq_ignore_ascii_case("local") {
        return Some("must name a time zone, as Europe/Berlin; `Local` is refused".to_owned());
    }
    jiff::tz::TimeZone::get(text).is_err().then(|| "must be the name of a time zone, as Europe/Berlin".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules() {
        for right in [
            "* * * * *",
            "*/5 8-18 * * mon-fri",
            "0 0 1,15 jan,JUL 0",
            "@daily",
            "@every 1h30m",
            " 0  0 * * ? ",
            "59 23 31 12 6",
            "5/15 * * * *",
            "0 0-23/2 * * *",
        ] {
            assert_eq!(cron_schedule(right), None, "{right}");
        }
        for wrong in [
            "",
            "* * * *",
            "* * * * * *",
            "60 * * * *",
            "* 24 * * *",
            "* * 0 * *",
            "* * * 13 *",
            "* * * * 7",
            "*/0 * * * *",
            "5-1 * * * *",
            "a * * * *",
            "@often",
            "@every soon",
            "* * * * mon-",
            "1,,2 * * * *",
            "@every 5",
        ] {
            assert!(cron_schedule(wrong).is_some(), "{wrong}");
        }
        assert!(time_zone("Europe/Berlin").is_none() && time_zone("Etc/UTC").is_none() && time_zone("UTC").is_none());
        assert!(time_zone("Mars/Base").is_some() && time_zone("Local").is_some());
    }
}
