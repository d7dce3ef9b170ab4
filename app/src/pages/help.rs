//! The keyboard shortcuts as a page, for those who look for them without a keyboard, or without scripts.

use crate::ui::{BareFrame, PageHead, Shortcuts};
use leptos::prelude::*;

#[component]
pub fn ShortcutsPage() -> impl IntoView {
    view! {
        <BareFrame wide=true>
            <PageHead
                title="Keyboard shortcuts"
                lead="Everything can be reached with Tab and Enter alone; these keys, which need scripts, are quicker."
            />
            <Shortcuts/>
        </BareFrame>
    }
    .into_any()
}
