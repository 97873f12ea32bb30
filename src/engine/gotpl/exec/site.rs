//! Where calls of random functions stand, for randomness that repeats.
//!
//! What tells a call from others is the template that is run and what stands before the call in its line of that
//! template, or before the call of whatever it stands in: `admin-password: {{`. Lines around it do not count, and neither
//! does how helpers are written.

use super::super::set::Unit;
use super::{At, Exec, Frame};
use crate::engine::Context;
use crate::functions::{Draws, Entered, FuncError, Function};
use crate::runtime::Runtime;
use crate::value::Str;

/// The place at hand in the template that is run.
pub(super) struct Sites<'e> {
    draws: &'e Draws,
    /// Where the template includes what is run; nothing while it is run itself.
    outer: Option<Str>,
}

impl<'e> Sites<'e> {
    /// Places, where they are asked for.
    pub(super) fn of(context: &'e Context) -> Option<Box<Sites<'e>>> {
        context.random.draws().map(|draws| Box::new(Sites { draws, outer: None }))
    }
}

/// The template that is run, and where the one before it was.
pub(super) struct Begun<'e> {
    _entered: Entered<'e>,
    outer: Option<Str>,
}

/// All of this costs a look at `sites` where nobody wants to know.
impl<'e> Exec<'e> {
    /// Says that a unit is run. One that is a whole template of a chart has randomness of its own, up to [`Exec::end`].
    #[inline]
    pub(super) fn begin(&mut self, unit: &Unit) -> Option<Box<Begun<'e>>> {
        if self.sites.is_some() { self.begin_template(unit) } else { None }
    }

    #[cold]
    fn begin_template(&mut self, unit: &Unit) -> Option<Box<Begun<'e>>> {
        self.context.template(&unit.tree.name).filter(|template| !template.is_partial())?;
        let sites = self.sites.as_mut()?;
        let entered = sites.draws.enter(&unit.tree.name);
        Some(Box::new(Begun { _entered: entered, outer: sites.outer.take() }))
    }

    #[inline]
    pub(super) fn end(&mut self, begun: Option<Box<Begun<'e>>>) {
        if let (Some(begun), Some(sites)) = (begun, &mut self.sites) {
            sites.outer = begun.outer;
        }
    }

    /// Says that the node at hand includes what is run from here on, up to [`Exec::leave_site`], and whether it is the
    /// outermost that does so.
    #[inline]
    pub(super) fn enter_site(&mut self, frame: &Frame<'_>, node: At<'_>) -> bool {
        self.sites.is_some() && self.mark_site(frame, node)
    }

    #[cold]
    fn mark_site(&mut self, frame: &Frame<'_>, node: At<'_>) -> bool {
        match &mut self.sites {
            Some(sites) if sites.outer.is_none() => sites.outer = Some(before(frame, node)),
            _ => return false,
        }
        true
    }

    #[inline]
    pub(super) fn leave_site(&mut self, is_outermost: bool) {
        if let (true, Some(sites)) = (is_outermost, &mut self.sites) {
            sites.outer = None;
        }
    }

    /// Calls a random function from the place at hand.
    #[cold]
    pub(super) fn draw(
        &self,
        frame: &Frame<'_>,
        node: At<'_>,
        function: &Function,
        args: &[Runtime],
    ) -> Result<Runtime, FuncError> {
        let outer = self.sites.as_ref().and_then(|sites| sites.outer.clone());
        self.functions.call(function, args, || outer.unwrap_or_else(|| before(frame, node)))
    }
}

/// What stands before a node in its line, without white space and the marks that trim it.
fn before(frame: &Frame<'_>, node: At<'_>) -> Str {
    let text = &frame.code.text;
    let start = frame.place(node).unwrap_or_default().start as usize;
    let before = &text[..start.min(text.len())];
    let line = memchr::memrchr(b'\n', before).map_or(before, |at| &before[at + 1..]);
    let line = String::from_utf8_lossy(line).replace("{{-", "{{");
    line.chars().filter(|c| !c.is_whitespace()).collect()
}
