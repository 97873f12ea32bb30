//! The contents of `!!binary` and `!!timestamp`.

/// The bytes that base64 text encodes, line breaks in it left out, each byte that is not UTF-8 replaced by U+FFFD;
/// nothing where it is not base64.
pub(super) fn decode_base64(text: &str) -> Option<String> {
    let digits: Vec<u8> = text.bytes().filter(|b| !matches!(b, b'\r' | b'\n')).collect();
    if !digits.len().is_multiple_of(4) {
        return None;
    }
    let padding = digits.iter().rev().take(2).take_while(|b| **b == b'=').count();
    let (digits, _) = digits.split_at(digits.len() - padding);
    let mut bytes = Vec::with_capacity(digits.len());
    for group in digits.chunks(4) {
        let mut bits = 0u32;
        for digit in group {
            bits = bits << 6 | sextet(*digit)?;
        }
        bits <<= 6 * (4 - group.len());
        bytes.extend_from_slice(bits.to_be_bytes().get(1..group.len())?);
    }
    Some(lossy(&bytes))
}

fn sextet(digit: u8) -> Option<u32> {
    Some(u32::from(match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    }))
}

/// UTF-8 with one U+FFFD for each byte that is not, as Go's JSON writes it.
fn lossy(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '\u{FFFD}'));
    }
    text
}

/// Whether text is a date, or a date and a time, in one of the forms that goyaml knows.
pub(super) fn is_timestamp(text: &str) -> bool {
    let year = text.bytes().take_while(u8::is_ascii_digit).count();
    if year != 4 {
        return false;
    }
    let mut rest = Rest(text);
    match rest.date() {
        Some(()) if rest.0.is_empty() => true,
        Some(()) => rest.time_and_zone().is_some() && rest.0.is_empty(),
        None => false,
    }
}

/// What of a timestamp is still to be read.
struct Rest<'a>(&'a str);

impl Rest<'_> {
    fn literal(&mut self, c: char) -> Option<()> {
        self.0 = self.0.strip_prefix(c)?;
        Some(())
    }

    /// A number of at most so many digits.
    fn number(&mut self, most: usize) -> Option<u32> {
        let digits = self.0.bytes().take(most).take_while(u8::is_ascii_digit).count();
        let (number, rest) = self.0.split_at(digits);
        self.0 = rest;
        number.parse().ok()
    }

    fn date(&mut self) -> Option<()> {
        let year = self.number(4)?;
        self.literal('-')?;
        let month = self.number(2)?;
        self.literal('-')?;
        let day = self.number(2)?;
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        (1..=days).contains(&day).then_some(())
    }

    fn time_and_zone(&mut self) -> Option<()> {
        if self.0.starts_with(' ') {
            self.0 = self.0.trim_start_matches(' ');
            return self.time();
        }
        self.0 = self.0.strip_prefix(['T', 't'])?;
        self.time()?;
        self.zone()
    }

    fn time(&mut self) -> Option<()> {
        let hour = self.number(2)?;
        self.literal(':')?;
        let minute = self.number(2)?;
        self.literal(':')?;
        let second = self.number(2)?;
        if let Some(fraction) = self.0.strip_prefix(['.', ',']).filter(|f| f.starts_with(|c: char| c.is_ascii_digit()))
        {
            self.0 = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
        }
        (hour < 24 && minute < 60 && second < 60).then_some(())
    }

    fn zone(&mut self) -> Option<()> {
        if self.literal('Z').is_some() {
            return Some(());
        }
        self.0 = self.0.strip_prefix(['+', '-'])?;
        let (hours, minutes) = self.0.split_once(':')?;
        let minutes_end = 2.min(minutes.len());
        let two_digits = |text: &str| text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
        let minute = minutes.get(..minutes_end)?;
        if !two_digits(hours) || !two_digits(minute) {
            return None;
        }
        self.0 = minutes.get(minutes_end..)?;
        (hours.parse::<u32>().ok()? <= 24 && minute.parse::<u32>().ok()? <= 60).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64() {
        assert_eq!(decode_base64("").as_deref(), Some(""));
        assert_eq!(decode_base64("aGVs\nbG8=").as_deref(), Some("hello"));
        assert_eq!(decode_base64("/w==").as_deref(), Some("\u{FFFD}"));
        for bad in ["bad!", "a", "aGVsbG8", "====", "aG=k", "aGk=aGk="] {
            assert_eq!(decode_base64(bad), None, "{bad}");
        }
    }

    #[test]
    fn timestamps() {
        for good in [
            "2001-12-14",
            "2001-1-2",
            "2001-12-14T21:59:43.10Z",
            "2001-12-14t1:2:3+05:30",
            "2001-12-14  21:59:43",
            "2000-02-29",
        ] {
            assert!(is_timestamp(good), "{good}");
        }
        for bad in
            ["2001", "2001-13-01", "2001-02-29", "2001-12-14T21:59:43", "2001-12-14 21:59:43 Z", "01-1-1", "20011-1-1"]
        {
            assert!(!is_timestamp(bad), "{bad}");
        }
    }
}
