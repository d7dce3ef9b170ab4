//! The cap ladder: every limit on what this user may spend, which one binds, and when it resets.

use super::less;
use crate::{
    format,
    link::{self, with_query},
    model::{CapAction, CapStatus, Credits, Membership, UserDetail},
    pages::caps,
    ui::{Badge, Column, DataTable, Meter, Money, Pager, Section, Tone, When},
};
use leptos::prelude::*;

/// One limit, and what it means now.
#[derive(Debug)]
pub struct Rung<'a> {
    /// None is the balance above its floor.
    pub cap: Option<&'a CapStatus>,
    pub left: Credits,
    pub state: (Tone, &'static str),
}

/// What a charge to the user's own balance must pass: the caps, then the balance itself, which limits what they do not.
pub fn rungs(detail: &UserDetail) -> Vec<Rung<'_>> {
    // Reached exactly is fine for what was spent, and leaves nothing.
    let left = |status: &CapStatus| less(status.cap.limit, status.spend);
    let spendable = less(detail.balance.available, detail.min_balance);
    let lowest_cap = detail.caps.iter().filter(|status| status.cap.action == CapAction::Deny).map(left).min();
    let balance_binds = lowest_cap.is_none_or(|left| spendable < left);
    let rung = |status| {
        let left = left(status);
        let binds = !balance_binds && lowest_cap == Some(left);
        Rung { cap: Some(status), left, state: state(left, status.cap.action, binds) }
    };
    let balance = Rung { cap: None, left: spendable, state: state(spendable, CapAction::Deny, balance_binds) };
    detail.caps.iter().map(rung).chain([balance]).collect()
}

/// `binds` is true for what refuses first.
const fn state(left: Credits, action: CapAction, binds: bool) -> (Tone, &'static str) {
    match (left.is_positive(), action, binds) {
        (false, CapAction::Deny, _) => (Tone::Bad, "reached: refuses"),
        (false, CapAction::Warn, _) => (Tone::Warn, "reached: warns"),
        (false, CapAction::Notify, _) => (Tone::Warn, "reached: notified"),
        (true, CapAction::Deny, true) => (Tone::Accent, "binds first"),
        (true, CapAction::Deny, false) => (Tone::Plain, "refuses"),
        (true, CapAction::Warn, _) => (Tone::Plain, "warns"),
        (true, CapAction::Notify, _) => (Tone::Plain, "notifies"),
    }
}

/// What the user may spend from a team's pool, and what that means now.
#[derive(Debug)]
pub struct Pool<'a> {
    pub member: &'a Membership,
    pub left: Credits,
    pub state: (Tone, &'static str),
}

pub fn pools(detail: &UserDetail) -> Vec<Pool<'_>> {
    detail.memberships.iter().map(pool).collect()
}

/// A team's charge must pass the member's limit and the pool: the lower one binds.
fn pool(member: &Membership) -> Pool<'_> {
    let limit_left = member.spend_cap.map(|cap| less(cap, member.total_spent));
    let left = limit_left.map_or(member.pool, |left| left.min(member.pool));
    let state = match (left.is_positive(), limit_left) {
        (false, Some(left)) if left <= member.pool => (Tone::Bad, "limit reached: refuses"),
        (false, _) => (Tone::Bad, "pool empty: refuses"),
        (true, Some(left)) if left < member.pool => (Tone::Plain, "limit binds"),
        (true, _) => (Tone::Plain, "pool binds"),
    };
    Pool { member, left, state }
}

/// The user's own limits; below them the pools of teams, which stand apart: what is spent there passes the user's caps, the
/// member's own limit and the pool, never the balance.
pub fn view(detail: &UserDetail) -> impl IntoView + use<> {
    let rows: Vec<_> = rungs(detail).iter().map(row).collect();
    let shown = rows.len();
    let pools = team_pools(detail);
    let csv = with_query("/export/cap-ladder.csv", [("user", detail.user_id.as_str())]);
    let columns = vec![
        Column::text("Limit"),
        Column::text("Used"),
        Column::number("Left"),
        Column::text("Resets"),
        Column::text("State"),
    ];
    view! {
        <Section title="Cap ladder" note="what a charge must pass, net of the allowance">
            <div class="ladder">
                <DataTable caption="Every limit on this user's spend" columns>{rows}</DataTable>
                <Pager shown noun="limits" csv/>
                {pools}
            </div>
        </Section>
    }
    .into_any()
}

fn team_pools(detail: &UserDetail) -> Option<impl IntoView + use<>> {
    if detail.memberships.is_empty() {
        return None;
    }
    let columns = vec![
        Column::text("From a team's pool"),
        Column::text("Used of the limit"),
        Column::number("Left"),
        Column::text("State"),
    ];
    let rows: Vec<_> = pools(detail).iter().map(pool_row).collect();
    let shown = rows.len();
    let csv = with_query("/export/user-teams.csv", [("user", detail.user_id.as_str())]);
    Some(view! {
        <DataTable caption="Teams that this user may spend from" columns>{rows}</DataTable>
        <Pager shown noun="teams" csv/>
    })
}

fn pool_row(pool: &Pool) -> impl IntoView + use<> {
    let Pool { member, left, state: (tone, state) } = *pool;
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
                <a class="id-link" href=link::team(member.team_id)><bdi>{member.name.clone()}</bdi></a>
                <span class="quiet who-more">{member.role.as_str()}</span>
            </td>
            <td>{used}</td>
            <td class="num"><Money amount=left/></td>
            <td><Badge tone text=state/></td>
        </tr>
    }
    .into_any()
}

fn row(rung: &Rung) -> impl IntoView + use<> {
    let Rung { cap, left, state: (tone, state) } = *rung;
    let limit = match cap {
        Some(status) => {
            let (name, spend, limit) = (caps::name(status), status.spend, status.cap.limit);
            view! {
                <td>{name.clone()}</td>
                <td>
                    <span class="meter-words"><Money amount=spend/> " of " <Money amount=limit/></span>
                    <Meter value=spend max=limit tone label=name/>
                </td>
            }
            .into_any()
        }
        None => view! {
            <td>"Balance above the floor"</td>
            <td class="quiet">"—"</td>
        }
        .into_any(),
    };
    let resets = match cap {
        Some(status) => view! { <td><When at=status.resets_at/></td> }.into_any(),
        None => view! { <td class="quiet">"with new credits"</td> }.into_any(),
    };
    view! {
        <tr>
            {limit}
            <td class="num"><Money amount=left/></td>
            {resets}
            <td><Badge tone text=state/></td>
        </tr>
    }
    .into_any()
}
