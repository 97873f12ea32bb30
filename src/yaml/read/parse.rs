//! Tokens to events: which token may follow which.

use std::borrow::Cow;

use super::super::event::{Event, EventKind, Properties, Props};
use super::super::{Style, YamlError};
use super::Reader;
use super::scan::{Token, TokenKind};

/// What may come next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// At the beginning of the stream.
    StreamStart,
    /// After a document.
    DocumentStart,
    /// After `---`.
    DocumentContent,
    /// At a node of a document that began without `---`.
    ImplicitContent,
    DocumentEnd,
    BlockSequence,
    /// In a sequence that is not deeper than the mapping it is a value of.
    IndentlessSequence,
    BlockMappingKey,
    BlockMappingValue,
    FlowSequenceFirst,
    FlowSequence,
    /// In a pair in a sequence: `[a: b]`.
    FlowPairKey,
    FlowPairValue,
    FlowPairEnd,
    FlowMappingFirst,
    FlowMapping,
    FlowMappingValue,
    /// After a key without `:`.
    FlowMappingNoValue,
    /// After the stream.
    End,
}

/// A collection that is open.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    /// What comes after it.
    pub resume: State,
    /// Where it began.
    pub start: usize,
}

/// Where a node stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Block,
    /// Where a sequence need not be indented.
    BlockValue,
    Flow,
}

type Next<'a> = Result<Option<Event<'a>>, YamlError>;

impl<'a> Reader<'a> {
    /// The next event by the complete grammar.
    pub(super) fn step(&mut self) -> Next<'a> {
        match self.state {
            State::StreamStart => self.document_start(true),
            State::DocumentStart => self.document_start(false),
            State::DocumentContent => self.document_content(),
            State::ImplicitContent => self.node(Place::Block, State::DocumentEnd),
            State::DocumentEnd => self.document_end(),
            State::BlockSequence => self.block_sequence(),
            State::IndentlessSequence => self.indentless_sequence(),
            State::BlockMappingKey => self.block_mapping_key(),
            State::BlockMappingValue => self.block_mapping_value(),
            State::FlowSequenceFirst => self.flow_sequence(true),
            State::FlowSequence => self.flow_sequence(false),
            State::FlowPairKey => self.flow_pair_key(),
            State::FlowPairValue => self.flow_pair_value(),
            State::FlowPairEnd => self.flow_pair_end(),
            State::FlowMappingFirst => self.flow_mapping(true),
            State::FlowMapping => self.flow_mapping(false),
            State::FlowMappingValue => self.flow_mapping_value(),
            State::FlowMappingNoValue => self.flow_mapping_no_value(),
            State::End => Ok(None),
        }
    }

    fn event(&self, kind: EventKind<'a>, start: usize, end: usize) -> Next<'a> {
        Ok(Some(Event { kind, start, end }))
    }

    fn take(&mut self) -> Token<'a> {
        let pos = self.scan.pos;
        self.scan.take().unwrap_or(Token { kind: TokenKind::StreamEnd, start: pos, end: pos })
    }

    /// The offset of the next token.
    fn token_start(&mut self) -> Result<usize, YamlError> {
        Ok(self.scan.peek_token()?.start)
    }

    fn document_start(&mut self, first: bool) -> Next<'a> {
        while !first && matches!(self.scan.peek()?, TokenKind::DocumentEnd) {
            self.take();
        }
        let start = self.token_start()?;
        match self.scan.peek()? {
            TokenKind::StreamEnd => {
                self.state = State::End;
                Ok(None)
            }
            TokenKind::VersionDirective { .. } | TokenKind::TagDirective { .. } | TokenKind::DocumentStart => {
                self.explicit_document(start)
            }
            _ if first => {
                self.state = State::ImplicitContent;
                self.event(EventKind::DocumentStart { explicit: false }, start, start)
            }
            _ => Err(YamlError::new(start, "did not find expected <document start>")),
        }
    }

    fn explicit_document(&mut self, start: usize) -> Next<'a> {
        self.directives()?;
        let at = self.token_start()?;
        if !matches!(self.scan.peek()?, TokenKind::DocumentStart) {
            return Err(YamlError::new(at, "did not find expected <document start>"));
        }
        let end = self.take().end;
        self.state = State::DocumentContent;
        self.event(EventKind::DocumentStart { explicit: true }, start, end)
    }

    fn directives(&mut self) -> Result<(), YamlError> {
        let mut versioned = false;
        loop {
            let at = self.token_start()?;
            match self.scan.peek()? {
                TokenKind::VersionDirective { .. } if versioned => {
                    return Err(YamlError::new(at, "found duplicate %YAML directive"));
                }
                TokenKind::VersionDirective { major: 1, minor: 1 } => versioned = true,
                TokenKind::VersionDirective { .. } => {
                    return Err(YamlError::new(at, "found incompatible YAML document"));
                }
                TokenKind::TagDirective { .. } => {}
                _ => return Ok(()),
            }
            if let TokenKind::TagDirective { handle, prefix } = self.take().kind {
                if self.tags.iter().any(|(known, _)| *known == handle) {
                    return Err(YamlError::new(at, "found duplicate %TAG directive"));
                }
                self.tags.push((handle, prefix));
            }
        }
    }

    fn document_content(&mut self) -> Next<'a> {
        let start = self.token_start()?;
        match self.scan.peek()? {
            TokenKind::VersionDirective { .. }
            | TokenKind::TagDirective { .. }
            | TokenKind::DocumentStart
            | TokenKind::DocumentEnd
            | TokenKind::StreamEnd => self.empty(State::DocumentEnd, start),
            _ => self.node(Place::Block, State::DocumentEnd),
        }
    }

    fn document_end(&mut self) -> Next<'a> {
        let start = self.token_start()?;
        let mut end = start;
        if matches!(self.scan.peek()?, TokenKind::DocumentEnd) {
            end = self.take().end;
        }
        self.tags.clear();
        self.state = State::DocumentStart;
        self.event(EventKind::DocumentEnd, start, end)
    }

    /// A scalar that is not there.
    fn empty(&mut self, resume: State, at: usize) -> Next<'a> {
        self.empty_with(resume, at, None)
    }

    fn empty_with(&mut self, resume: State, at: usize, props: Props<'a>) -> Next<'a> {
        self.state = resume;
        self.event(EventKind::Scalar { text: Cow::Borrowed(""), style: Style::Plain, props }, at, at)
    }

    /// A node, after which `resume` comes.
    fn node(&mut self, place: Place, resume: State) -> Next<'a> {
        let first = self.token_start()?;
        if let TokenKind::Alias(name) = *self.scan.peek()? {
            let token = self.take();
            self.state = resume;
            return self.event(EventKind::Alias(name), token.start, token.end);
        }
        let props = self.properties()?;
        let Token { start, end, .. } = *self.scan.peek_token()?;
        let block = place != Place::Flow;
        match self.scan.peek()? {
            TokenKind::BlockEntry if place == Place::BlockValue => {
                self.open(resume, start, State::IndentlessSequence);
                self.event(EventKind::SequenceStart { flow: false, props }, start, end)
            }
            TokenKind::Scalar { .. } => self.scalar(resume, props),
            TokenKind::FlowSequenceStart => {
                self.take();
                self.open(resume, start, State::FlowSequenceFirst);
                self.event(EventKind::SequenceStart { flow: true, props }, start, end)
            }
            TokenKind::FlowMappingStart => {
                self.take();
                self.open(resume, start, State::FlowMappingFirst);
                self.event(EventKind::MappingStart { flow: true, props }, start, end)
            }
            TokenKind::BlockSequenceStart if block => {
                self.take();
                self.open(resume, start, State::BlockSequence);
                self.event(EventKind::SequenceStart { flow: false, props }, start, end)
            }
            TokenKind::BlockMappingStart if block => {
                self.take();
                self.open(resume, start, State::BlockMappingKey);
                self.event(EventKind::MappingStart { flow: false, props }, start, end)
            }
            _ if props.is_some() => self.empty_with(resume, start, props),
            _ => {
                let what = if block { "block node" } else { "flow node" };
                Err(YamlError::new(start, "did not find expected node content").within(first, what))
            }
        }
    }

    fn scalar(&mut self, resume: State, props: Props<'a>) -> Next<'a> {
        let Token { kind, start, end } = self.take();
        let TokenKind::Scalar { text, style } = kind else { return self.empty(resume, start) };
        self.state = resume;
        self.event(EventKind::Scalar { text, style, props }, start, end)
    }

    /// Enters a collection.
    pub(super) fn open(&mut self, resume: State, start: usize, state: State) {
        self.frames.push(Frame { resume, start });
        self.state = state;
    }

    /// Leaves a collection.
    pub(super) fn close(&mut self) {
        self.state = self.frames.pop().map_or(State::End, |frame| frame.resume);
    }

    fn close_at_token(&mut self, kind: EventKind<'a>) -> Next<'a> {
        let token = self.take();
        self.close();
        self.event(kind, token.start, token.end)
    }

    fn unexpected(&self, at: usize, message: &'static str, what: &'static str) -> YamlError {
        let error = YamlError::new(at, message);
        match self.frames.last() {
            Some(frame) => error.within(frame.start, what),
            None => error,
        }
    }

    /// An anchor and a tag, in either order.
    fn properties(&mut self) -> Result<Props<'a>, YamlError> {
        let mut props: Props<'a> = None;
        for _ in 0..2 {
            let known = props.as_deref();
            let wanted = match self.scan.peek()? {
                TokenKind::Anchor(_) => known.is_none_or(|p| p.anchor.is_none()),
                TokenKind::Tag { .. } => known.is_none_or(|p| p.tag.is_none()),
                _ => false,
            };
            if !wanted {
                break;
            }
            let token = self.take();
            let props: &mut Properties = props.get_or_insert_default();
            match token.kind {
                TokenKind::Anchor(name) => props.anchor = Some(name),
                TokenKind::Tag { handle, suffix } => props.tag = Some(self.resolve_tag(handle, suffix, token.start)?),
                _ => {}
            }
        }
        Ok(props)
    }

    fn resolve_tag(&self, handle: &str, suffix: Cow<'a, str>, at: usize) -> Result<Cow<'a, str>, YamlError> {
        if handle.is_empty() {
            return Ok(suffix);
        }
        let declared = self.tags.iter().find(|(known, _)| *known == handle).map(|(_, prefix)| prefix.as_ref());
        let prefix = match (declared, handle) {
            (Some(prefix), _) => prefix,
            (None, "!") => "!",
            (None, "!!") => "tag:yaml.org,2002:",
            _ => return Err(YamlError::new(at, "found undefined tag handle").within(at, "node")),
        };
        Ok(Cow::Owned(format!("{prefix}{suffix}")))
    }

    fn block_sequence(&mut self) -> Next<'a> {
        let start = self.token_start()?;
        match self.scan.peek()? {
            TokenKind::BlockEntry => self.block_entry(State::BlockSequence),
            TokenKind::BlockEnd => self.close_at_token(EventKind::SequenceEnd),
            _ => Err(self.unexpected(start, "did not find expected '-' indicator", "block collection")),
        }
    }

    fn block_entry(&mut self, resume: State) -> Next<'a> {
        let at = self.take().end;
        match self.scan.peek()? {
            TokenKind::BlockEntry | TokenKind::BlockEnd => self.empty(resume, at),
            TokenKind::Key | TokenKind::Value if resume == State::IndentlessSequence => self.empty(resume, at),
            _ => self.node(Place::Block, resume),
        }
    }

    fn indentless_sequence(&mut self) -> Next<'a> {
        let start = self.token_start()?;
        if matches!(self.scan.peek()?, TokenKind::BlockEntry) {
            return self.block_entry(State::IndentlessSequence);
        }
        self.close();
        self.event(EventKind::SequenceEnd, start, start)
    }

    fn block_mapping_key(&mut self) -> Next<'a> {
        let start = self.token_start()?;
        match self.scan.peek()? {
            TokenKind::Key => {}
            TokenKind::BlockEnd => return self.close_at_token(EventKind::MappingEnd),
            _ => return Err(self.unexpected(start, "did not find expected key", "block mapping")),
        }
        let at = self.take().end;
        match self.scan.peek()? {
            TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd => self.empty(State::BlockMappingValue, at),
            _ => self.node(Place::BlockValue, State::BlockMappingValue),
        }
    }

    fn block_mapping_value(&mut self) -> Next<'a> {
        let start = self.token_start()?;
        if matches!(self.scan.peek()?, TokenKind::Value) {
            let at = self.take().end;
            return self.block_mapping_content(at);
        }
        self.empty(State::BlockMappingKey, start)
    }

    fn block_mapping_content(&mut self, at: usize) -> Next<'a> {
        match self.scan.peek()? {
            TokenKind::Key | TokenKind::Value | TokenKind::BlockEnd => self.empty(State::BlockMappingKey, at),
            _ => self.node(Place::BlockValue, State::BlockMappingKey),
        }
    }

    /// Passes the `,` before another entry.
    fn flow_separator(&mut self, message: &'static str, what: &'static str) -> Result<(), YamlError> {
        let start = self.token_start()?;
        if !matches!(self.scan.peek()?, TokenKind::FlowEntry) {
            return Err(self.unexpected(start, message, what));
        }
        self.take();
        Ok(())
    }

    fn flow_sequence(&mut self, first: bool) -> Next<'a> {
        if !first && !matches!(self.scan.peek()?, TokenKind::FlowSequenceEnd) {
            self.flow_separator("did not find expected ',' or ']'", "flow sequence")?;
        }
        match self.scan.peek()? {
            TokenKind::FlowSequenceEnd => self.close_at_token(EventKind::SequenceEnd),
            TokenKind::Key => {
                let token = self.take();
                self.state = State::FlowPairKey;
                self.event(EventKind::MappingStart { flow: true, props: None }, token.start, token.end)
            }
            _ => self.node(Place::Flow, State::FlowSequence),
        }
    }

    fn flow_pair_key(&mut self) -> Next<'a> {
        let Token { end, .. } = *self.scan.peek_token()?;
        match self.scan.peek()? {
            TokenKind::Value | TokenKind::FlowEntry | TokenKind::FlowSequenceEnd => {
                // As goyaml has it, the token that ends the key is passed, whatever it is.
                self.take();
                self.empty(State::FlowPairValue, end)
            }
            _ => self.node(Place::Flow, State::FlowPairValue),
        }
    }

    fn flow_pair_value(&mut self) -> Next<'a> {
        if matches!(self.scan.peek()?, TokenKind::Value) {
            self.take();
            if !matches!(self.scan.peek()?, TokenKind::FlowEntry | TokenKind::FlowSequenceEnd) {
                return self.node(Place::Flow, State::FlowPairEnd);
            }
        }
        let start = self.token_start()?;
        self.empty(State::FlowPairEnd, start)
    }

    fn flow_pair_end(&mut self) -> Next<'a> {
        let start = self.token_start()?;
        self.state = State::FlowSequence;
        self.event(EventKind::MappingEnd, start, start)
    }

    fn flow_mapping(&mut self, first: bool) -> Next<'a> {
        if !first && !matches!(self.scan.peek()?, TokenKind::FlowMappingEnd) {
            self.flow_separator("did not find expected ',' or '}'", "flow mapping")?;
        }
        match self.scan.peek()? {
            TokenKind::FlowMappingEnd => self.close_at_token(EventKind::MappingEnd),
            TokenKind::Key => {
                self.take();
                self.flow_mapping_key()
            }
            _ => self.node(Place::Flow, State::FlowMappingNoValue),
        }
    }

    fn flow_mapping_key(&mut self) -> Next<'a> {
        let start = self.token_start()?;
        match self.scan.peek()? {
            TokenKind::Value | TokenKind::FlowEntry | TokenKind::FlowMappingEnd => {
                self.empty(State::FlowMappingValue, start)
            }
            _ => self.node(Place::Flow, State::FlowMappingValue),
        }
    }

    fn flow_mapping_value(&mut self) -> Next<'a> {
        if matches!(self.scan.peek()?, TokenKind::Value) {
            self.take();
            if !matches!(self.scan.peek()?, TokenKind::FlowEntry | TokenKind::FlowMappingEnd) {
                return self.node(Place::Flow, State::FlowMapping);
            }
        }
        self.flow_mapping_no_value()
    }

    fn flow_mapping_no_value(&mut self) -> Next<'a> {
        let start = self.token_start()?;
        self.empty(State::FlowMapping, start)
    }
}
