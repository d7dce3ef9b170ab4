//! Components that know no server function: they take plain values and make HTML that works without a script.
//!
//! No inline `style` anywhere (the content security policy refuses it): classes, SVG attributes, `<meter>`.

mod alert;
mod approx;
mod badge;
mod button;
mod choice;
mod copy_id;
mod empty;
mod escape;
mod fact;
mod field;
mod frame;
mod icon;
mod input;
mod link;
mod meter;
mod moment;
mod money;
mod page_head;
mod pager;
mod section;
mod table;
mod theme;
mod tile;
mod when;

pub use alert::{Alert, ErrorBox};
pub use approx::{Approx, approx};
pub use badge::{Badge, KindBadge, Tone};
pub use button::{Button, ButtonKind, LinkButton};
pub use choice::{Choice, Select};
pub use copy_id::CopyId;
pub use empty::Empty;
pub use escape::escape_text;
pub use fact::{Fact, Facts};
pub use field::{Field, field_error};
pub use frame::{BareFrame, Frame, Place};
pub use icon::{Glyph, Icon};
pub use input::{Hidden, SearchInput, TextArea, TextInput};
pub use link::{TransactionLink, UserLink, encode, href, short_id};
pub use meter::Meter;
pub use moment::Moment;
pub use money::{Money, MoneyShort};
pub use page_head::PageHead;
pub use pager::Pager;
pub use section::Section;
pub use table::{Column, DataTable};
pub use theme::{Theme, ThemeSwitch};
pub use tile::Tile;
pub use when::When;
