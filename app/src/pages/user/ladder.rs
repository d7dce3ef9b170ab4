//! The cap ladder: every limit on what this user may spend, which one binds, and when it resets.

use super::less;
use crate::{
    format,
    model::{CapAction, CapStatus, CapType, Credits, Membership, Timestamp, UserDetail},
    ui::{Badge, Column, DataTable, Meter, Money, Section, Tone, When},
};
use leptos::prelude::*;

/// One limit.
struct Rung {
    name: String,
    spend: Credits,
    limit: Credits,
    action: CapAction,
    resets_at: Option<Timestamp>,
}

impl Rung {
    fn of(status: &CapStatus) -> Self {
        let window = match status.cap.cap_type {
            CapType::Daily => "Daily",
            CapType::Monthly => "Monthly",
        };
        let name = match &status.cap.model {
            Some(model) => format!("{window}, {model}"),
            None => format!("{window}, all models"),
        };
        let (limit, action) = (status.cap.limit, status.cap.action);
        Self { name, spend: status.spend, limit, action, resets_at: Some(status.resets_at) }
    }

    fn left(&self) -> Credits {
        less(self.limit, self.spend)
    }

    fn denies(&self) -> bool {
        self.action == CapAction::Deny
    }

    /// Reached exactly is fine for what was spent, and leaves nothing.
    fn is_used_up(&self) -> bool {
        !self.left().is_positive()
    }

    /// What it means now; `binds` is true for the one that refuses first.
    fn state(&self, binds: bool) -> (Tone, &'static str) {
        match (self.is_used_up(), self.action, binds) {
            (true, CapAction::Deny, _) => (Tone::Bad, "reached: refuses"),
            (true, CapAction::Warn, _) => (Tone::Warn, "reached: warns"),
            (true, CapAction::Notify, _) => (Tone::Warn, "reached: notified"),
            (false, CapAction::Deny, true) => (Tone::Accent, "binds first"),
            (false, CapAction::Deny, false) => (Tone::Plain, "refuses"),
            (false, CapAction::Warn, _) => (Tone::Plain, "warns"),
            (false, CapAction::Notify, _) => (Tone::Plain, "notifies"),
        }
    }
}

/// The caps, then the balance itself, which limits what they do not; below them the pools of teams, which stand apart: what
/// is spent there passes the user's caps, the member's own limit and the pool, never the balance.
pub fn view(detail: &UserDetail) -> impl IntoView + use<> {
    let rungs: Vec<_> = detail.caps.iter().map(Rung::of).collect();
    let spendable = less(detail.balance.available, detail.min_balance);
    let lowest_cap = rungs.iter().filter(|rung| rung.denies()).map(Rung::left).min();
    let balance_binds = lowest_cap.is_none_or(|left| spendable < left);
    let binding = lowest_cap.filter(|_| !balance_binds);
    let pools = pools(detail);
    let columns = vec![
        Column::text("Limit"),
        Column::text("Used"),
        Column::number("Left"),
        Column::text("Resets"),
        Column::text("State"),
    ];
    let (tone, state) = match (spendable.is_positive(), balance_binds) {
        (false, _) => (Tone::Bad, "reached: refuses"),
        (true, true) => (Tone::Accent, "binds first"),
        (true, false) => (Tone::Plain, "refuses"),
    };
    view! {
        <Section title="Cap ladder" note="what a charge must pass, net of the allowance">
            <div class="ladder">
                <DataTable caption="Every limit on this user's spend" columns>
                    {rungs.into_iter().map(|rung| row(&rung, binding == Some(rung.left()))).collect_view()}
                    <tr>
                        <td>"Balance above the floor"</td>
                        <td class="quiet">"—"</td>
                        <td class="num"><Money amount=spendable/></td>
                        <td class="quiet">"with new credits"</td>
                        <td><Badge tone text=state/></td>
                    </tr>
                </DataTable>
                {pools}
            </div>
        </Section>
    }
    .into_any()
}

/// A team's charge must pass the member's limit and the pool: the lower one binds.
fn pools(detail: &UserDetail) -> Option<impl IntoView + use<>> {
    if detail.memberships.is_empty() {
        return None;
    }
    let columns = vec![
        Column::text("From a team's pool"),
        Column::text("Used of the limit"),
        Column::number("Left"),
        Column::text("State"),
    ];
    let rows: Vec<_> = detail.memberships.iter().map(pool).collect();
    Some(view! { <DataTable caption="Teams that this user may spend from" columns>{rows}</DataTable> })
}

fn pool(member: &Membership) -> impl IntoView + use<> {
    let limit_left = member.spend_cap.map(|cap| less(cap, member.total_spent));
    let left = limit_left.map_or(member.pool, |left| left.min(member.pool));
    let (tone, state) = match (left.is_positive(), limit_left) {
        (false, Some(left)) if left <= member.pool => (Tone::Bad, "limit reached: refuses"),
        (false, _) => (Tone::Bad, "pool empty: refuses"),
        (true, Some(left)) if left < member.pool => (Tone::Plain, "limit binds"),
        (true, _) => (Tone::Plain, "pool binds"),
    };
    let (name, spent) = (member.name.clone(), member.total_spent);
    let used = match member.spend_cap {
        Some(cap) => view! {
            <span class="meter-words"><Money amount=spent/> " of " <Money amount=cap/></span>
            <Meter value=spent max=cap tone label=format!("Spent from {}", format::isolated(&name))/>
        }
        .into_any(),
        None => view! { <Money amount=spent/> " " <span class="quiet">"no limit"</span> }.into_any(),
    };
    view! {
        <tr>
            <td>
                <a class="id-link" href=crate::link::team(member.team_id)><bdi>{member.name.clone()}</bdi></a>
                <span class="quiet who-more">{member.role.as_str()}</span>
            </td>
            <td>{used}</td>
            <td class="num"><Money amount=left/></td>
            <td><Badge tone text=state/></td>
        </tr>
    }
    .into_any()
}

fn row(rung: &Rung, binds: bool) -> impl IntoView + use<> {
    let (tone, state) = rung.state(binds && rung.denies());
    let left = rung.left();
    view! {
        <tr>
            <td>{rung.name.clone()}</td>
            <td>
                <span class="meter-words"><Money amount=rung.spend/> " of " <Money amount=rung.limit/></span>
                <Meter value=rung.spend max=rung.limit tone label=rung.name.clone()/>
            </td>
            <td class="num"><Money amount=left/></td>
            <td>{rung.resets_at.map(|at| view! { <When at/> })}</td>
            <td><Badge tone text=state/></td>
        </tr>
    }
    .into_any()
}
