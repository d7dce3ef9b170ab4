//! Tables: a caption for those who do not see it, a sticky head, sideways scrolling on narrow screens.

use leptos::prelude::*;

/// The head of a column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Column {
    pub label: String,
    /// Figures: right-aligned.
    pub number: bool,
    /// Left out on narrow screens; give the cells the class `wide-only` too.
    pub wide_only: bool,
}

impl Column {
    pub fn text(label: impl Into<String>) -> Self {
        Self { label: label.into(), ..Self::default() }
    }

    pub fn number(label: impl Into<String>) -> Self {
        Self { number: true, ..Self::text(label) }
    }

    #[must_use]
    pub fn wide_only(mut self) -> Self {
        self.wide_only = true;
        self
    }
}

/// The children are `<tr>` rows; cells of figures have the class `num`. `foot` is a `<tr>` of totals.
#[component]
pub fn DataTable(
    #[prop(into)] caption: String,
    columns: Vec<Column>,
    #[prop(optional, into)] foot: ViewFn,
    #[prop(optional)] has_foot: bool,
    children: Children,
) -> impl IntoView {
    let label = caption.clone();
    view! {
        <div class="table-scroll" role="region" aria-label=label tabindex="0">
            <table class="table">
                <caption class="unseen">{caption}</caption>
                <thead>
                    <tr>
                        {columns
                            .into_iter()
                            .map(|column| {
                                let class = match (column.number, column.wide_only) {
                                    (true, true) => "num wide-only",
                                    (true, false) => "num",
                                    (false, true) => "wide-only",
                                    (false, false) => "",
                                };
                                view! { <th scope="col" class=class>{column.label}</th> }
                            })
                            .collect_view()}
                    </tr>
                </thead>
                <tbody>{children()}</tbody>
                {has_foot.then(|| view! { <tfoot>{foot.run()}</tfoot> })}
            </table>
        </div>
    }
    .into_any()
}
