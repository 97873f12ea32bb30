//! Printing a report: one file a format. Nothing is compared here, and nothing is decided.

mod brief;
mod heading;
mod html;
mod human;
mod json;
mod kinds;
mod lines;
mod markdown;
mod repeated;
mod risks;
mod unified;
mod view;

pub use brief::brief;
pub use html::html;
pub use human::human;
pub use json::json;
pub use markdown::markdown;
pub use unified::unified;

/// How a report is printed for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// With colours for a terminal.
    pub colour: bool,
    /// How many lines that are the same stand around those that are not.
    pub context: usize,
}
