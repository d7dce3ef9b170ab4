//! The moment a page is drawn at, and the zone its times are shown in.

use crate::model::Timestamp;
use jiff::tz::TimeZone;

/// Given as context by the layout, so that every time on a page is relative to the same instant.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    pub now: Timestamp,
    pub zone: TimeZone,
}
