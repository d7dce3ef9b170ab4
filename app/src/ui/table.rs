//! Tables: a caption for those who do not see it, a sticky head, sideways scrolling on narrow screens.

use crate::model::{Direction, Order};
use leptos::prelude::*;

/// The head of a column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Column {
    pub label: String,
    /// Figures: right-aligned.
    pub number: bool,
    /// Left out on narrow screens; give the cells the class `wide-only` too.
    pub wide_only: bool,
    /// The head orders the table.
    pub sort: Option<Sort>,
}

/// Where a head leads that orders the table, and how the table is ordered by it now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort {
    pub href: String,
    pub now: Option<Direction>,
}

impl Column {
    pub fn text(label: impl Into<String>) -> Self {
        Self { label: label.into(), ..Self::default() }
    }

    pub fn number(label: impl Into<String>) -> Self {
        Self { number: true, ..Self::text(label) }
    }

    /// Orders the table by `sort`: by another figure in its usual direction, by the same one the other way round. `now` is
    /// how it is ordered; `address` gets the words for `sort` and `order`, both empty for the usual.
    #[must_use]
    pub fn ordered<S: Order>(
        mut self,
        sort: S,
        now: Option<(S, Direction)>,
        address: impl FnOnce(&str, &str) -> String,
    ) -> Self {
        let now = now.filter(|(now, _)| *now == sort).map(|(_, direction)| direction);
        let to = now.map_or(sort.usual(), Direction::turned);
        let sort_word = if sort == S::default() { "" } else { sort.as_str() };
        let order_word = if to == sort.usual() { "" } else { to.as_str() };
        self.sort = Some(Sort { href: address(sort_word, order_word), now });
        self
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
                                let state = column.sort.as_ref().and_then(|sort| sort.now).map(Direction::spoken);
                                view! { <th scope="col" class=class aria-sort=state>{head(column.label, column.sort)}</th> }
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

fn head(label: String, sort: Option<Sort>) -> impl IntoView {
    let Some(Sort { href, now }) = sort else { return label.into_any() };
    let arrow = match now {
        Some(Direction::Asc) => "↑",
        Some(Direction::Desc) => "↓",
        None => "",
    };
    view! {
        <a class="sort" href=href>
            {label}
            <span class="sort-arrow" aria-hidden="true">{arrow}</span>
        </a>
    }
    .into_any()
}
