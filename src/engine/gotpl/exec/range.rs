//! `range` over numbers, lists, maps and what behaves like them.

use super::{Exec, Flow, Frame, Run, Val};
use crate::engine::gotpl::fmt::sprintf;
use crate::engine::gotpl::objects;
use crate::engine::gotpl::parse::ast::Branch;
use crate::runtime::{Bytes, Elem, IntType, Runtime};
use crate::value::Origin;

impl Exec<'_> {
    pub(super) fn range<'t>(&mut self, frame: &mut Frame<'t>, branch: &'t Branch) -> Run<Flow> {
        let value = self.pipe(frame, &frame.code.pipes[branch.pipe])?.value;
        let outer = frame.dot.clone();
        let flow = self.items(frame, branch, &value);
        frame.dot = outer;
        match flow? {
            true => Ok(Flow::Next),
            false => match self.list(frame, branch.else_list)? {
                // Which belongs to an outer loop, but Go's loop takes it for its own; a `continue` it lets through.
                Flow::Break => Ok(Flow::Next),
                flow => Ok(flow),
            },
        }
    }

    /// Runs the body for each item; tells whether there was any.
    fn items<'t>(&mut self, frame: &mut Frame<'t>, branch: &'t Branch, value: &Runtime) -> Run<bool> {
        match value {
            Runtime::Nil => Ok(false),
            Runtime::Int(count, of) => self.count(frame, branch, value, *count, *of),
            Runtime::List(list) => {
                let typed = list.elem() != Elem::Any;
                let trace = self.trace.as_deref();
                let origins: Option<Vec<_>> =
                    trace.map(|trace| (0..list.len()).map(|i| trace.origin_of_item(list, i)).collect());
                let origin = |i: usize| origins.as_ref().map_or(Origin::NONE, |all| all[i]);
                let item = |i, item: &Runtime| Val { value: item.clone(), wrapped: !typed, origin: origin(i) };
                let items = list.items().iter().enumerate().map(|(i, v)| (Runtime::int(i as i64), item(i, v)));
                self.each(frame, branch, items)
            }
            Runtime::Map(map) => {
                let wrapped = !map.is_strings();
                let entries = map.sorted();
                let trace = self.trace.as_deref();
                let origins: Option<Vec<_>> =
                    trace.map(|trace| entries.iter().map(|(key, _)| trace.origin_of(map, key)).collect());
                let entries = entries.into_iter().enumerate().map(|(i, (key, value))| {
                    let origin = origins.as_ref().map_or(Origin::NONE, |all| all[i]);
                    (Runtime::Str(key), Val { value, wrapped, origin })
                });
                self.each(frame, branch, entries)
            }
            Runtime::Object(_) if Bytes::of(value).is_some() => {
                let bytes = Bytes::of(value).unwrap_or_default().iter().enumerate();
                let items =
                    bytes.map(|(i, b)| (Runtime::int(i as i64), Val::bare(Runtime::Int((*b).into(), IntType::Uint8))));
                self.each(frame, branch, items)
            }
            Runtime::Object(object) => match (objects::entries(&**object), object.as_int()) {
                (Some(entries), _) => {
                    self.each(frame, branch, entries.into_iter().map(|(k, v)| (Runtime::Str(k), Val::bare(v))))
                }
                (None, Some(count)) => self.count(frame, branch, value, count, IntType::Int64),
                (None, None) => Err(self.cannot_iterate(frame, value)),
            },
            _ => Err(self.cannot_iterate(frame, value)),
        }
    }

    fn cannot_iterate(&self, frame: &Frame<'_>, value: &Runtime) -> Box<super::Fault> {
        // A pointer to a struct is followed.
        let text = sprintf(b"%v", std::slice::from_ref(value));
        let text = String::from_utf8_lossy(&text);
        let text = if matches!(value, Runtime::Object(_)) { text.trim_start_matches('&') } else { &text };
        self.failed(frame, format!("range can't iterate over {text}"))
    }

    fn count<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        branch: &'t Branch,
        value: &Runtime,
        count: i64,
        of: IntType,
    ) -> Run<bool> {
        if frame.code.variables(&frame.code.pipes[branch.pipe]).len() > 1 {
            let text = sprintf(b"%v", std::slice::from_ref(value));
            let text = String::from_utf8_lossy(&text).into_owned();
            return Err(self.failed(frame, format!("can't use {text} to iterate over more than one variable")));
        }
        self.each(frame, branch, (0..count.max(0)).map(|i| (Runtime::Nil, Val::bare(Runtime::Int(i, of)))))
    }

    fn each<'t>(
        &mut self,
        frame: &mut Frame<'t>,
        branch: &'t Branch,
        items: impl Iterator<Item = (Runtime, Val)>,
    ) -> Run<bool> {
        let mut any = false;
        for (key, item) in items {
            any = true;
            self.step(frame)?;
            self.bind(frame, branch, key, &item)?;
            frame.dot = item;
            let flow = self.list(frame, branch.list)?;
            for slot in &frame.code.slots[branch.forget] {
                if let Some(var) = self.vars.get_mut(frame.base + usize::from(*slot)) {
                    *var = None;
                }
            }
            if flow == Flow::Break {
                break;
            }
        }
        Ok(any)
    }

    /// The variables of a round: the item, or the key and the item.
    fn bind(&mut self, frame: &Frame<'_>, branch: &Branch, key: Runtime, item: &Val) -> Run<()> {
        let key = Val::bare(key);
        let pipe = &frame.code.pipes[branch.pipe];
        let pairs = match frame.code.variables(pipe) {
            [] => return Ok(()),
            [one] => [Some((one, item.clone())), None],
            [first, second, ..] => [Some((first, key)), Some((second, item.clone()))],
        };
        for (variable, value) in pairs.into_iter().flatten() {
            self.give(frame, pipe, variable, value)?;
        }
        Ok(())
    }
}
