//! The icons: drawn on a 16 by 16 grid in the colour of the text beside them. They are decoration; words say the same.

use leptos::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyph {
    Overview,
    Spend,
    Statement,
    Download,
    Print,
    Users,
    Transactions,
    Teams,
    Pricing,
    Plans,
    Search,
    Check,
    Warning,
    Info,
    Inbox,
    Up,
    Down,
    Level,
    Right,
    Copy,
    Plus,
    Refund,
    Sun,
    Moon,
    System,
    Leave,
    Calendar,
    Globe,
    Close,
    Audit,
    Settings,
    Approve,
    Rows,
    Menu,
    Caps,
    Expiry,
    Key,
}

impl Glyph {
    /// The path, stroked.
    const fn path(self) -> &'static str {
        match self {
            Self::Overview => "M2.5 13.5v-4M6.2 13.5v-8M9.8 13.5v-5.5M13.5 13.5v-11",
            Self::Spend => "M2.5 2.5v11h11M5 10.5l2.8-3.4 2.4 2 3.3-4.6",
            Self::Statement => "M3.5 2h9v12l-2.2-1.3L8 14l-2.3-1.3L3.5 14ZM6 5.5h4M6 8.5h4",
            Self::Download => "M8 2.5v7.5M4.8 7 8 10.2 11.2 7M2.5 13.5h11",
            Self::Print => "M4.5 6V2.5h7V6M4.5 11h-2V6h11v5h-2M4.5 9h7v4.5h-7Z",
            Self::Users => {
                "M6 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM1.5 13.5c0-2.5 2-4 4.5-4s4.5 1.5 4.5 4\
                 M10.5 2.8a2.5 2.5 0 0 1 0 4.4M12.3 9.9c1.4.6 2.2 1.9 2.2 3.6"
            }
            Self::Teams => "M2.5 6.5h11v7h-11ZM5.5 6.5v-3h5v3M2.5 9.5h11",
            Self::Transactions => "M2.5 5h10M10 2.5 12.5 5 10 7.5M13.5 11h-10M6 8.5 3.5 11 6 13.5",
            Self::Pricing => "M2.5 7.8V3a.5.5 0 0 1 .5-.5h4.8l5.7 5.7-5.3 5.3ZM5.4 5.4h.01",
            Self::Plans => "M2.5 4.5h11M2.5 8h11M2.5 11.5h6M11.5 10v4M9.5 12h4",
            Self::Search => "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM10.3 10.3l3.2 3.2",
            Self::Check => "M3 8.5 6.5 12 13 4.5",
            Self::Warning => "M8 2.5 14.5 13.5h-13ZM8 6.5v3M8 11.5h.01",
            Self::Info => "M8 14a6 6 0 1 0 0-12 6 6 0 0 0 0 12ZM8 7.5V11M8 5h.01",
            Self::Inbox => "M2 9.5 4 3h8l2 6.5V13H2ZM2 9.5h3.5l1 1.5h3l1-1.5H14",
            Self::Up => "M4.5 11.5l7-7M6 4.5h5.5V10",
            Self::Down => "M4.5 4.5l7 7M11.5 6v5.5H6",
            Self::Level => "M3 8h10",
            Self::Right => "M3 8h10M9 4l4 4-4 4",
            Self::Copy => "M5.5 5.5h8v8h-8ZM10.5 5.5v-3h-8v8h3",
            Self::Plus => "M8 3v10M3 8h10",
            Self::Refund => "M6 3 2.5 6.5 6 10M2.5 6.5H10a3.5 3.5 0 0 1 0 7H6",
            Self::Sun => {
                "M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15\
                 M3.1 3.1l1 1M11.9 11.9l1 1M12.9 3.1l-1 1M4.1 11.9l-1 1"
            }
            Self::Moon => "M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7Z",
            Self::System => "M2 3h12v8H2ZM6 13.5h4M8 11v2.5",
            Self::Leave => "M6 2.5H3v11h3M6.5 8h7M11 5.5 13.5 8 11 10.5",
            Self::Calendar => "M2.5 3.5h11v10h-11ZM2.5 6.5h11M5.5 2v2.5M10.5 2v2.5",
            Self::Globe => "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM2 8h12M8 2c-4.5 4-4.5 8 0 12M8 2c4.5 4 4.5 8 0 12",
            Self::Audit => "M4 2.5h6l2.5 2.5v8.5H4ZM6.5 7h3.5M6.5 9.5h3.5",
            Self::Settings => "M2.5 5h6M11.5 5h2M10 3.2v3.6M2.5 11h2M7.5 11h6M6 9.2v3.6",
            Self::Approve => "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM5.3 8.3l1.9 1.9 3.5-4",
            Self::Close => "M4 4l8 8M12 4l-8 8",
            Self::Rows => "M2.5 4h11M2.5 6.7h11M2.5 9.3h11M2.5 12h11",
            Self::Menu => "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
            Self::Caps => "M2 12a6 6 0 1 1 12 0M8 12l3-4.5M2 12h1.5M12.5 12H14",
            Self::Key => "M5.5 13a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM7.7 7.8l5.3-5.3M10.2 5.3l2.3 2.3",
            Self::Expiry => "M4 2.5h8M4 13.5h8M5 2.5c0 3 6 4 6 5.5S5 10.5 5 13.5M11 2.5c0 3-6 4-6 5.5s6 2.5 6 5.5",
        }
    }
}

#[component]
pub fn Icon(glyph: Glyph) -> impl IntoView {
    view! {
        <svg
            class="icon"
            viewBox="0 0 16 16"
            width="16"
            height="16"
            fill="none"
            stroke="currentColor"
            stroke-width="1.5"
            stroke-linecap="round"
            stroke-linejoin="round"
            aria-hidden="true"
        >
            <path d=glyph.path()/>
        </svg>
    }
    .into_any()
}
