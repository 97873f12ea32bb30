//! Which names stand in what a template runs: in its own text, and in the defines and files that are named there. By
//! words alone, which is quick: what names no key need not be run to see what it does without it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use foldhash::fast::RandomState;
use memchr::memmem;

use crate::engine::Template;
use crate::engine::jinja::GLOBALS;

/// What stands behind a point, a slash or a quote: keys, defines, files.
pub type Names<'t> = HashSet<&'t [u8], RandomState>;

/// The names in all that can be run by a name: a define, a file.
pub struct Reach<'t>(HashMap<&'t [u8], Names<'t>, RandomState>);

impl<'t> Reach<'t> {
    /// What these templates may run of one another.
    pub fn new(templates: &'t [Arc<Template>]) -> Self {
        let mut reach = Reach(HashMap::default());
        for template in templates {
            let text: &[u8] = &template.source.text;
            let file = template.name.rsplit('/').next().unwrap_or_default();
            reach.add(file.as_bytes(), text);
            let starts: Vec<_> = memmem::find_iter(text, "define").map(|at| at + "define".len()).collect();
            let ends = starts.iter().skip(1).copied().chain([text.len()]);
            for (start, end) in starts.iter().zip(ends) {
                reach.define(&text[*start..end]);
            }
        }
        reach
    }

    /// What follows the word `define`, up to the next one.
    fn define(&mut self, text: &'t [u8]) {
        let Some((quote @ (b'"' | b'`'), rest)) = text.trim_ascii_start().split_first() else { return };
        if let Some(end) = rest.iter().position(|byte| byte == quote) {
            self.add(&rest[..end], &rest[end..]);
        }
    }

    fn add(&mut self, name: &'t [u8], text: &'t [u8]) {
        self.0.entry(name).or_default().extend(names(text));
    }

    /// The names in all that a template runs.
    pub fn names(&self, template: &'t Template) -> Names<'t> {
        let mut all: Names<'_> = names(&template.source.text).collect();
        all.extend(template.jinja.then_some(GLOBALS.as_bytes()));
        let mut waiting: Vec<&[u8]> = all.iter().copied().collect();
        while let Some(name) = waiting.pop() {
            let named = self.0.get(name).into_iter().flatten();
            waiting.extend(named.filter(|name| all.insert(name)));
        }
        all
    }
}

/// Keys behind points; what stands in quotes, and the last part of it.
fn names(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let begins = text.iter().enumerate().filter(|(_, byte)| b".\"'`/".contains(byte));
    begins.filter_map(|(at, begin)| {
        let rest = &text[at + 1..];
        let is_inside = |byte: &u8| match byte {
            b'.' | b'-' | b'/' => *begin != b'.',
            byte => byte.is_ascii_alphanumeric() || *byte == b'_',
        };
        let end = rest.iter().position(|byte| !is_inside(byte)).unwrap_or(rest.len());
        (end > 0).then(|| &rest[..end])
    })
}
