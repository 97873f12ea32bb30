//! What a piece of a template may stand for, as far as values are concerned.

use std::collections::{BTreeMap, BTreeSet};

use super::reads::Step;
use crate::value::Str;

/// Everything that something may stand for. Nothing at all where it holds no values.
pub(super) type Shapes = BTreeSet<Shape>;

/// One thing that a piece of a template may stand for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Shape {
    /// What the templates of a chart begin with, by the chart's number.
    Root(usize),
    /// A place in the values.
    At(Vec<Step>),
    /// A map that the template made.
    Map(BTreeMap<Str, Shapes>),
    /// A list that the template made.
    List(Shapes),
}

/// How many maps and lists are made around something before it is taken for read.
pub(super) const DEEPEST: usize = 6;

/// How many maps and lists a template made around one another.
pub(super) fn depth(shapes: &Shapes) -> usize {
    let below = |shape: &Shape| match shape {
        Shape::Root(_) | Shape::At(_) => 0,
        Shape::Map(map) => 1 + map.values().map(depth).max().unwrap_or(0),
        Shape::List(items) => 1 + depth(items),
    };
    shapes.iter().map(below).max().unwrap_or(0)
}
