//! A line a resource, and a line for what the changes break.

use super::super::Report;
use super::lines::visible;
use super::{heading, risks};

/// The report, a line a resource.
pub fn brief(report: &Report) -> String {
    let mut out = String::new();
    for (n, change) in report.resources.iter().enumerate() {
        let extent = heading::extent(change);
        let gap = if extent.is_empty() { "" } else { "  " };
        let classes = risks::classes(report.risks_of(n));
        let classes = if classes.is_empty() { classes } else { format!("  [{classes}]") };
        out += &format!("{} {}{gap}{extent}{classes}\n", heading::sign(change.fate()), heading::name(change));
    }
    for broken in &report.broken {
        out += &format!("! {}\n", visible(&broken.what));
    }
    out
}
