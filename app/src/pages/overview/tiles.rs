//! The five figures, each against the period before.

use crate::{
    api::ShownRange,
    figures::overview::charges_of,
    format::{self, Delta},
    model::{Credits, Overview},
    ui::{Tile, encode},
};
use leptos::prelude::*;

pub(super) fn tiles(overview: &Overview, range: &ShownRange) -> impl IntoView + use<> {
    let (now, before) = (&overview.current, &overview.previous);
    let spent = now.total_credits_consumed;
    let charges = format::counted(now.transaction_count, "charge", "charges");
    let refunds = if now.refunded.is_zero() {
        "no refund".to_owned()
    } else {
        format!("{} refunded, not netted", format::credits_short(now.refunded))
    };
    let days = i64::try_from(range.days_begun()).unwrap_or(i64::MAX);
    let model = now.top_model.clone();
    let model_spend = overview.models.iter().find(|row| Some(&row.model) == model.as_ref()).map(|row| row.total_spend);
    let user = now.top_user.clone();
    let user_spend =
        overview.top_users.iter().find(|row| Some(&row.user_id) == user.as_ref()).map(|row| row.total_spend);
    let model_href = model.as_ref().map(|model| charges_of(range, "model", model));
    let user_href = user.as_ref().map(|user| format!("/users/{}", encode(user)));
    view! {
        <section class="tiles" aria-label="Figures of the range">
            <Tile
                label="Credits spent"
                value=format::credits_short(spent)
                exact=exact(spent)
                credits=spent
                delta=Delta::credits(spent, before.total_credits_consumed)
                note=charges
                also=refunds
            />
            <Tile
                label="Active users"
                value=format::count(now.active_users)
                delta=Delta::count(now.active_users, before.active_users)
                note="charged at least once"
            />
            <Tile
                label="Average a day"
                value=format::credits_short(now.avg_daily_spend)
                exact=exact(now.avg_daily_spend)
                credits=now.avg_daily_spend
                delta=Delta::credits(now.avg_daily_spend, before.avg_daily_spend)
                note=format!("over {}", format::counted(days, "day", "days"))
            />
            {named("Top model", model, model_href, model_spend, spent, before.top_model.as_deref())}
            {named("Top user", user, user_href, user_spend, spent, before.top_user.as_deref())}
        </section>
    }
}

fn exact(amount: Credits) -> String {
    format!("{} credits", format::credits(amount))
}

fn named(
    label: &'static str,
    name: Option<String>,
    href: Option<String>,
    spend: Option<Credits>,
    total: Credits,
    before: Option<&str>,
) -> impl IntoView + use<> {
    let share = spend.map(|spend| format!("{} · {}", format::credits_short(spend), format::share(spend, total)));
    let compared = match (before, &name) {
        (None, _) => "n/a before".to_owned(),
        (Some(before), Some(name)) if before == name => "the same before".to_owned(),
        (Some(before), _) => format!("before: {before}"),
    };
    let value = name.unwrap_or_else(|| "none".to_owned());
    view! { <Tile label value=value.clone() exact=value nostrip:href=href nostrip:note=share also=compared name=true/> }
}
