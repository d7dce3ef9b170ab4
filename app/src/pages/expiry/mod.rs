//! What expires when, by day and by lot; and the sweep of what has.

mod chart;
mod sweep;

use super::{
    page::{self, Refused},
    range_bar::zone_field,
};
use crate::{
    api::{self, ExpiryPageData, SweepForm},
    format, link,
    model::{Credits, ExpiringLot, Holder},
    ui::{
        Button, Column, DataTable, Empty, Glyph, Icon, KindBadge, Meter, Money, PageHead, Pager, Section, Sizes, Tile,
        Toast, Tone, TransactionLink, UserLink, When, href,
    },
};
use leptos::prelude::*;

#[component]
pub fn ExpiryPage() -> impl IntoView {
    let query = page::query();
    let [days, tz, size] = ["days", "tz", "size"].map(|name| query.get(name).to_owned());
    let cursor = query.filled("cursor");
    let (dry, swept) = (!query.get("dry").is_empty(), query.get("saved") == "swept");
    let refused = Refused::of::<SweepForm>();
    let first_page = cursor.is_none();
    view! {
        <PageHead title="Expiry" lead="Credits that have an end: when, whose, and how many are left of them."/>
        {page::loaded(
            api::load_expiry(days, tz.clone(), size.clone(), cursor),
            move |data| whole(data, (&tz, &size), first_page, dry, swept, &refused),
        )}
    }
    .into_any()
}

/// The chart, as files.
const FILES: [(&str, &str); 3] = [
    ("/export/expiry-days.csv", "By day, CSV"),
    ("/export/expiry-days.svg", "By day, SVG"),
    ("/export/expiry-days.png", "By day, PNG"),
];

fn whole(
    data: ExpiryPageData,
    (tz, size): (&str, &str),
    first_page: bool,
    dry: bool,
    swept: bool,
    refused: &Refused,
) -> impl IntoView + use<> {
    let ExpiryPageData { view, days, zone, role } = data;
    page::in_zone(&zone);
    let total: Credits = view.days.iter().map(|day| day.credits).sum();
    let lots: i64 = view.days.iter().map(|day| day.lots).sum();
    let days_text = days.to_string();
    let words = [("days", days_text.as_str()), ("tz", tz), ("size", size)];
    let at = |cursor: &str| href("/expiry", &[&words[..], &[("cursor", cursor)]].concat());
    let pages = Pages {
        first: (!first_page).then(|| at("")),
        next: view.next.as_deref().map(at),
        csv: href("/export/expiry.csv", &words[..2]),
        sizes: Sizes::of("/expiry", &words),
    };
    let files = FILES.map(|(path, label)| (href(path, &words[..2]), label.to_owned())).to_vec();
    let due_note = match view.due_lots {
        0 => "nothing is past its time".to_owned(),
        count => format!("{}; cannot be spent any more", format::counted(count, "lot", "lots")),
    };
    let most = view.days.iter().max_by_key(|day| day.credits).filter(|day| day.credits.is_positive());
    let (most_value, most_note) = most.map_or_else(
        || ("—".to_owned(), "no day has any".to_owned()),
        |day| (format::day_short(day.date), format!("{} credits", format::credits(day.credits))),
    );
    let rows = if view.lots.is_empty() { nothing(days).into_any() } else { table(view.lots.clone(), pages).into_any() };
    view! {
        {swept.then(|| toast(view.due_lots))}
        {range(days, &zone, &words)}
        <div class="tiles">
            <Tile
                label=format!("Expires in the next {days} days")
                value=format::credits_short(total)
                exact=format!("{} credits", format::credits(total))
                unit=" credits"
                note=format!("of {}", format::counted(lots, "lot", "lots"))
            />
            <Tile label="Greatest day" value=most_value note=most_note/>
            <Tile
                label="Expired, not swept"
                value=format::credits_short(view.due_credits)
                exact=format!("{} credits", format::credits(view.due_credits))
                unit=" credits"
                href="#sweep"
                note=due_note
            />
        </div>
        {chart::view(&view, &zone, files)}
        <div id="lots">
        <Section title="Lots" note="the first to expire first">
            {rows}
        </Section>
        </div>
        {sweep::view(&view, role, dry, refused)}
    }
    .into_any()
}

fn toast(left: i64) -> impl IntoView {
    let title = if left == 0 { "Swept: nothing that has expired is left in the ledger" } else { "Swept" };
    view! {
        <Toast title>
            <p>"Each lot has an entry of its own: " <a href="/transactions?kind=expiry">"the expiry entries"</a> "."</p>
        </Toast>
    }
}

/// How far ahead, by the days of which zone.
fn range(days: u32, zone: &str, words: &[(&'static str, &str)]) -> impl IntoView + use<> {
    let choices = [7_u32, 30, 90].map(|choice| {
        let text = choice.to_string();
        let current = (choice == days).then_some("true");
        let kept = words.iter().filter(|(name, _)| *name != "days").copied();
        let href = href("/expiry", &kept.chain([("days", text.as_str())]).collect::<Vec<_>>());
        view! { <a href=href aria-current=current>{format!("Next {choice} days")}</a> }
    });
    let kept = page::kept(words.iter().copied().filter(|(name, _)| *name != "tz"));
    view! {
        <div class="range">
            <nav class="segments" aria-label="Range">{choices.into_iter().collect_view()}</nav>
            <details class="range-custom">
                <summary>
                    <Icon glyph=Glyph::Calendar/>
                    <span>"Days of " {zone.to_owned()}</span>
                </summary>
                <form method="get" action="/expiry">
                    {kept} {zone_field("Days of the time zone", zone.to_owned(), zone, None)} <Button label="Use zone"/>
                </form>
            </details>
        </div>
    }
    .into_any()
}

/// The ways from this page of lots to others.
struct Pages {
    first: Option<String>,
    next: Option<String>,
    csv: String,
    sizes: Sizes,
}

fn nothing(days: u32) -> impl IntoView {
    view! {
        <Empty title=format!("Nothing expires in the next {days} days") glyph=Glyph::Expiry>
            <p>"Credits that are added with an end appear here until they are spent. Those without one never expire."</p>
        </Empty>
    }
    .into_any()
}

fn table(lots: Vec<ExpiringLot>, pages: Pages) -> impl IntoView {
    let Pages { first, next, csv, sizes } = pages;
    let shown = lots.len();
    let columns = vec![
        Column::text("Expires"),
        Column::text("Whose"),
        Column::text("From"),
        Column::text("Left"),
        Column::number("Of"),
        Column::text("Added by").wide_only(),
    ];
    view! {
        <DataTable caption="Lots of credits that expire" columns>
            {lots.into_iter().map(row).collect_view()}
        </DataTable>
        <Pager shown noun="lots" nostrip:first=first nostrip:next=next csv=csv sizes/>
    }
    .into_any()
}

fn row(lot: ExpiringLot) -> impl IntoView {
    view! {
        <tr>
            <td><When at=lot.expires_at/></td>
            <td class="who">{holder(lot.holder)}</td>
            <td><KindBadge kind=lot.kind/></td>
            <td>
                <span class="meter-words"><Money amount=lot.remaining/></span>
                <Meter value=lot.remaining max=lot.granted tone=Tone::Plain label="Left of this lot"/>
            </td>
            <td class="num"><Money amount=lot.granted/></td>
            <td class="wide-only"><TransactionLink id=lot.source_transaction_id/></td>
        </tr>
    }
    .into_any()
}

/// A link to whose credits they are.
fn holder(holder: Holder) -> impl IntoView {
    let Holder { team, id, name } = holder;
    if !team {
        return view! { <UserLink user_id=id nostrip:name=name/> }.into_any();
    }
    let shown = name.unwrap_or_else(|| id.clone());
    match id.parse() {
        Ok(id) => view! { <a class="id-link" href=link::team(id)><bdi>{shown}</bdi></a> " " <span class="quiet">"team"</span> }.into_any(),
        Err(_) => view! { <bdi>{shown}</bdi> }.into_any(),
    }
}
