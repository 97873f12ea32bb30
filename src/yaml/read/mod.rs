//! The reader: bytes to spanned events.
//!
//! Accepts and refuses what libyaml 0.2 does in the form that Helm's library has it. The complete grammar is in
//! `scan` (bytes to tokens) and `parse` (tokens to events); `fast` takes a short cut where the text is plain.

mod fast;
mod names;
mod parse;
mod piece;
#[cfg(test)]
mod same;
mod scalar;
mod scan;
mod text;
mod window;
mod words;

use std::borrow::Cow;

use super::{Event, YamlError};
use parse::{Frame, State};
use scan::Scanner;

pub use fast::{Line, Quick};
pub use text::{is_utf16, transcode};
pub use window::Checkpoint;

/// Yields the events of a stream of documents, one by one.
///
/// The input is UTF-8, with a byte order mark or without; [`transcode`] makes it so. After the last document it yields
/// nothing; after an error, what it yields means nothing.
pub struct Reader<'a> {
    scan: Scanner<'a>,
    state: State,
    frames: Vec<Frame>,
    /// What the document's `%TAG` directives declare.
    tags: Vec<(&'a str, Cow<'a, str>)>,
    /// Whether the short cut is taken where it can be.
    fast: bool,
    /// Whether it can be: nothing is read ahead.
    at_ease: bool,
    /// The key that the short cut found last.
    key: fast::Key,
    /// Where the line began that it gave last.
    line: fast::Mark,
    /// The event that was come to last.
    event: Event<'a>,
}

/// Whether there was another event.
type Step = Result<bool, Box<YamlError>>;

impl<'a> Reader<'a> {
    /// A reader of an input. What is not text in it is an error once the reader comes to it.
    pub fn new(input: &'a [u8]) -> Self {
        Reader::of(Scanner::new(text::check(input)))
    }

    fn of(scan: Scanner<'a>) -> Self {
        Reader {
            fast: !scan.exotic,
            scan,
            state: State::StreamStart,
            frames: Vec::new(),
            tags: Vec::new(),
            at_ease: false,
            key: fast::Key::NONE,
            line: fast::Mark::default(),
            event: Event::NONE,
        }
    }

    /// Takes a line break to stand after the last line where it has none, as Helm 4 puts one there.
    #[must_use]
    pub fn with_final_newline(mut self) -> Self {
        self.scan.final_newline = true;
        self
    }

    /// The next event; nothing after the last document.
    ///
    /// # Errors
    /// What is not YAML. The events before it have been yielded by then.
    #[inline]
    #[expect(clippy::should_implement_trait, reason = "the iterator would yield results that go on after an error")]
    pub fn next(&mut self) -> Result<Option<Event<'a>>, YamlError> {
        Ok(self.advance()?.then(|| self.take_current()))
    }

    /// Goes on to the next event, which stays where it is: moving one costs as much as reading it. False after the last
    /// document.
    ///
    /// # Errors
    /// As [`Reader::next`].
    #[inline]
    pub fn advance(&mut self) -> Result<bool, Box<YamlError>> {
        if self.at_ease { self.fast_step() } else { self.slow_step() }
    }

    /// The event that was come to last.
    #[inline(always)]
    pub fn current(&self) -> &Event<'a> {
        &self.event
    }

    /// The same, to be kept.
    #[inline(always)]
    pub(super) fn take_current(&mut self) -> Event<'a> {
        std::mem::replace(&mut self.event, Event::NONE)
    }

    /// Has it that another event was come to last.
    pub(super) fn set_current(&mut self, event: Event<'a>) {
        self.event = event;
    }

    /// Reads by the complete grammar alone: the same events in more time.
    #[doc(hidden)]
    #[must_use]
    pub fn without_fast_path(mut self) -> Self {
        self.fast = false;
        self
    }

    /// What the input has, within `ahead` bytes from where the reader is, that is not text.
    pub fn bad_within(&self, ahead: usize) -> Option<YamlError> {
        let (at, why) = self.scan.bad?;
        (at < self.scan.pos + ahead).then(|| YamlError::new(at, why))
    }
}

impl std::fmt::Debug for Reader<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").field("pos", &self.scan.pos).field("state", &self.state).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::super::EventKind;
    use super::*;

    /// Events as one line each: a sign, the text, the range.
    fn events(text: &str) -> Vec<String> {
        let mut reader = Reader::new(text.as_bytes());
        let mut lines = Vec::new();
        loop {
            match reader.next() {
                Ok(Some(event)) => lines.push(line(&event)),
                Ok(None) => return lines,
                Err(error) => {
                    lines.push(format!("! {} @{}", error.message, error.at));
                    return lines;
                }
            }
        }
    }

    fn line(event: &Event) -> String {
        let props = event.kind.props();
        let anchor = props.and_then(|p| p.anchor).map(|name| format!(" &{name}"));
        let tag = props.and_then(|p| p.tag.as_deref()).map(|tag| format!(" <{tag}>"));
        let sign = match &event.kind {
            EventKind::DocumentStart { explicit: true } => "+doc ---".into(),
            EventKind::DocumentStart { .. } => "+doc".into(),
            EventKind::DocumentEnd => "-doc".into(),
            EventKind::Alias(name) => format!("*{name}"),
            EventKind::Scalar { text, style, .. } => format!("{style:?} {text:?}"),
            EventKind::SequenceStart { flow, .. } => if *flow { "+[]" } else { "+seq" }.into(),
            EventKind::SequenceEnd => "-seq".into(),
            EventKind::MappingStart { flow, .. } => if *flow { "+{}" } else { "+map" }.into(),
            EventKind::MappingEnd => "-map".into(),
        };
        format!("{sign}{}{} {}..{}", anchor.unwrap_or_default(), tag.unwrap_or_default(), event.start, event.end)
    }

    #[test]
    fn blocks() {
        assert_eq!(
            events("a: x y # c\nb:\n- p\n- q: 'r'\nc:\n"),
            [
                "+doc 0..0",
                "+map 0..0",
                "Plain \"a\" 0..1",
                "Plain \"x y\" 3..6",
                "Plain \"b\" 11..12",
                "+seq 14..15",
                "Plain \"p\" 16..17",
                "+map 20..20",
                "Plain \"q\" 20..21",
                "Single \"r\" 23..26",
                "-map 27..27",
                "-seq 27..27",
                "Plain \"c\" 27..28",
                "Plain \"\" 29..29",
                "-map 30..30",
                "-doc 30..30",
            ]
        );
    }

    #[test]
    fn properties_and_flow() {
        assert_eq!(
            events("--- !t &a\n? [!!str x, y: z]\n: {k, *a : \"\\u00e9\"}\n"),
            [
                "+doc --- 0..3",
                "+map &a <!t> 10..10",
                "+[] 12..13",
                "Plain \"x\" <tag:yaml.org,2002:str> 19..20",
                "+{} 22..22",
                "Plain \"y\" 22..23",
                "Plain \"z\" 25..26",
                "-map 26..26",
                "-seq 26..27",
                "+{} 30..31",
                "Plain \"k\" 31..32",
                "Plain \"\" 32..32",
                "*a 34..36",
                "Double \"é\" 39..47",
                "-map 47..48",
                "-map 49..49",
                "-doc 49..49",
            ]
        );
    }

    #[test]
    fn scalars_of_several_lines() {
        let scalar = |text: &str| events(text).swap_remove(3);
        assert_eq!(scalar("a: |\n  b\n   c\n\n  d\n\nx: 1"), "Literal \"b\\n c\\n\\nd\\n\" 3..20");
        assert_eq!(scalar("a: >-\n  b\n  c\n\n  d\n   e\n  f\n"), "Folded \"b c\\nd\\n e\\nf\" 3..28");
        assert_eq!(scalar("a: b\n  c\n\n  d\n"), "Plain \"b c\\nd\" 3..13");
        assert_eq!(scalar("a: \"b \\\n   c\n\n  d\"\n"), "Double \"b c\\nd\" 3..18");
        assert_eq!(scalar("a: 'it''s'\r\nb: 1"), "Single \"it's\" 3..10");
    }

    #[test]
    fn text_is_borrowed_where_it_stands() {
        let mut reader = Reader::new(b"a: |\n  one line\nb: 'q'\nc: \"d\"\ne: x y\n");
        while let Some(event) = reader.next().unwrap() {
            if let EventKind::Scalar { text, .. } = event.kind {
                assert!(matches!(text, Cow::Borrowed(_)), "{text}");
            }
        }
    }

    #[test]
    fn mistakes() {
        for (text, want) in [
            ("a: b: c", "! mapping values are not allowed in this context @4"),
            ("a: [b", "! did not find expected ',' or ']' @5"),
            ("a: \"b", "! found unexpected end of stream @5"),
            ("a: b\x7Fc", "! control characters are not allowed @4"),
            ("a:\n  b: 1\n c: 2", "! did not find expected key @11"),
        ] {
            assert_eq!(events(text).pop().as_deref(), Some(want), "{text}");
        }
    }

    #[test]
    fn nesting_is_bounded() {
        let flow = "[".repeat(10_001);
        assert_eq!(events(&flow).pop().as_deref(), Some("! exceeded max depth of 10000 @10000"));
        let block = "- ".repeat(10_001);
        assert_eq!(events(&block).pop().as_deref(), Some("! exceeded max depth of 10000 @20000"));
    }
}
