//! Charts, drawn on the server as inline SVG.
//!
//! `charts-rs` computes the bars and the axis. Its output is then rewritten: marker colours become the theme's tokens, so
//! that one picture serves light and dark; amounts are labelled from the exact figures rather than from the floats that
//! geometry needs; every bar becomes a link to what is behind it. Nothing uses inline styles, which the content security
//! policy refuses.

mod axis;
mod bars;
mod bucket;
mod colour;
mod columns;
mod figure;
mod heat;
mod stacked;
mod standalone;
mod svg;

pub use bars::{Bar, BarChart};
pub use bucket::{Bucket, buckets};
pub use colour::{Colours, OTHER, PLAIN, paint};
pub use columns::{Column, ColumnChart, Layer};
pub use figure::{Figure, Legend, LegendItem};
pub use heat::{Day, HeatMap};
pub use stacked::{StackedBar, StackedBars};
pub use standalone::{FONT, FONT_FAMILY, standalone};

/// Why a chart could not be drawn; its table still can.
pub type DrawError = charts_rs::Error;
