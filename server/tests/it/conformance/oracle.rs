//! The rules of the domain once more, as plainly as they can be said: no lots in order, no counters, no caches. What an
//! account has is worked out from all that ever happened, each time anew. It shares no code with the ledger.

use super::script::{Action, Cap, Op};
use app::model::{CapAction, CapType, Credits};
use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};

pub const FLOOR: i64 = 1_000_000;
/// Name, monthly allowance and micro-credits per thousand tokens of model `m`.
pub const PLANS: [(&str, i64, i64); 2] = [("pro", 2_000_000, 500_000), ("max", 5_000_000, 1_000_000)];

/// Whose account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Owner {
    User(usize),
    Team(usize),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Source {
    Lot(usize),
    Debt,
}

/// Credits that came in at once.
#[derive(Debug)]
struct Lot {
    owner: Owner,
    expires: Option<Timestamp>,
    left: i64,
}

/// A charge or an adjustment, with what it drew and what was given back of it.
#[derive(Debug)]
struct Debit {
    owner: Owner,
    user: usize,
    charge: bool,
    at: Timestamp,
    model: Option<&'static str>,
    net: i64,
    allowance: i64,
    /// In the order drawn; refunds take from its end.
    drawn: Vec<(Source, i64)>,
    refunds: Vec<Refund>,
}

#[derive(Debug)]
struct Refund {
    at: Timestamp,
    credits: i64,
    allowance: i64,
    /// The part of the allowance that came back to its month.
    restored: i64,
}

#[derive(Debug)]
struct Hold {
    user: usize,
    amount: i64,
    created: Timestamp,
    expires: Timestamp,
    status: &'static str,
}

#[derive(Debug)]
struct Member {
    user: usize,
    role: &'static str,
    cap: Option<i64>,
    present: bool,
}

#[derive(Debug)]
struct SetCap {
    user: usize,
    cap: Cap,
    /// Starts of the windows in which it has told.
    told: Vec<Timestamp>,
}

#[derive(Debug, Default)]
struct Person {
    plan: Option<usize>,
    purchased: i64,
}

/// Everything that ever happened.
#[derive(Debug)]
pub struct Oracle {
    pub now: Timestamp,
    people: BTreeMap<usize, Person>,
    lots: Vec<Lot>,
    debits: Vec<Debit>,
    debt: BTreeMap<Owner, i64>,
    holds: Vec<Hold>,
    teams: Vec<Vec<Member>>,
    caps: Vec<SetCap>,
    /// What was answered under a key: the request and its answer.
    keys: HashMap<String, (String, Value)>,
}

type Answer = Result<Value, Value>;

fn credits(micros: i64) -> Value {
    json!(Credits::from_micros(micros))
}

fn refused(code: &str, field: Option<&str>, details: Value) -> Value {
    json!({ "code": code, "field": field, "details": details })
}

fn not_positive(field: &str) -> Value {
    refused("invalid_amount", Some(field), json!({}))
}

fn utc_date(at: Timestamp) -> Date {
    at.to_zoned_datetime(TimeZone::UTC).date()
}

fn midnight(date: Date) -> Timestamp {
    date.to_datetime(jiff::civil::Time::midnight()).to_zoned_datetime(TimeZone::UTC).unwrap().timestamp()
}

/// First instant of the window of `at`, and of the one after it.
fn window(kind: CapType, at: Timestamp) -> (Timestamp, Timestamp) {
    let date = utc_date(at);
    let (first, next) = match kind {
        CapType::Daily => (date, date.tomorrow().unwrap()),
        CapType::Monthly => (date.first_of_month(), date.last_of_month().tomorrow().unwrap()),
    };
    (midnight(first), midnight(next))
}

impl Oracle {
    pub fn new(now: Timestamp) -> Self {
        Self {
            now,
            people: BTreeMap::new(),
            lots: Vec::new(),
            debits: Vec::new(),
            debt: BTreeMap::new(),
            holds: Vec::new(),
            teams: Vec::new(),
            caps: Vec::new(),
            keys: HashMap::new(),
        }
    }

    pub fn debits(&self) -> usize {
        self.debits.len()
    }

    pub fn holds(&self) -> usize {
        self.holds.len()
    }

    pub fn teams(&self) -> usize {
        self.teams.len()
    }

    fn gone(&self, expires: Option<Timestamp>) -> bool {
        expires.is_some_and(|at| at <= self.now)
    }

    fn balance(&self, owner: Owner) -> i64 {
        let lots = self.lots.iter().filter(|lot| lot.owner == owner && !self.gone(lot.expires));
        lots.map(|lot| lot.left).sum::<i64>() - self.debt.get(&owner).copied().unwrap_or(0)
    }

    fn is_open(&self, hold: &Hold) -> bool {
        hold.status == "active" && hold.expires > self.now
    }

    fn held(&self, user: usize) -> i64 {
        self.holds.iter().filter(|hold| hold.user == user && self.is_open(hold)).map(|hold| hold.amount).sum()
    }

    fn available(&self, owner: Owner) -> i64 {
        match owner {
            Owner::User(user) => self.balance(owner) - self.held(user),
            Owner::Team(_) => self.balance(owner),
        }
    }

    fn plan(&self, user: usize) -> Option<usize> {
        self.people.get(&user).and_then(|person| person.plan)
    }

    fn allowance_left(&self, user: usize) -> i64 {
        let Some(plan) = self.plan(user) else { return 0 };
        let month = utc_date(self.now).first_of_month();
        let here = |debit: &&Debit| debit.owner == Owner::User(user) && utc_date(debit.at).first_of_month() == month;
        let consumed: i64 = self
            .debits
            .iter()
            .filter(here)
            .map(|debit| debit.allowance - debit.refunds.iter().map(|refund| refund.restored).sum::<i64>())
            .sum();
        (PLANS[plan].1 - consumed).max(0)
    }

    /// Net spend of a user in the window of now, as a cap on `model` counts it.
    fn spend(&self, user: usize, cap: &Cap) -> i64 {
        let (from, to) = window(cap.cap_type, self.now);
        let inside = |at: Timestamp| at >= from && at < to;
        let counted = |debit: &&Debit| {
            debit.user == user && debit.charge && inside(debit.at) && (cap.model.is_none() || cap.model == debit.model)
        };
        self.debits
            .iter()
            .filter(counted)
            .map(|debit| {
                let back = debit.refunds.iter().filter(|refund| inside(refund.at)).map(|refund| refund.credits);
                debit.net - back.sum::<i64>()
            })
            .sum()
    }

    /// What is counted against a deny cap, holds included.
    fn counted(&self, user: usize, cap: &Cap) -> i64 {
        self.spend(user, cap) + if cap.model.is_none() { self.held(user) } else { 0 }
    }

    fn caps_of(&self, user: usize, model: Option<&str>) -> Vec<Cap> {
        let covers = |set: &&SetCap| set.user == user && (set.cap.model.is_none() || set.cap.model == model);
        self.caps.iter().filter(covers).map(|set| set.cap).collect()
    }

    fn deny(&self, user: usize, model: Option<&str>, net: i64) -> Result<(), Value> {
        for cap in self.caps_of(user, model).into_iter().filter(|cap| cap.action == CapAction::Deny) {
            let spend = self.counted(user, &cap);
            if spend + net > cap.limit {
                let resets_at = window(cap.cap_type, self.now).1;
                return Err(refused(
                    "cap_reached",
                    None,
                    json!({
                        "type": cap.cap_type, "action": "deny", "model": cap.model, "current_spend": credits(spend),
                        "cap_limit": credits(cap.limit), "needed": credits(net), "resets_at": resets_at,
                    }),
                ));
            }
        }
        Ok(())
    }

    /// The warning of a charge about to be recorded; notes which caps have told.
    fn warn(&mut self, user: usize, model: Option<&str>, net: i64) -> Option<Value> {
        let mut notice = None;
        let mut warning = None;
        for index in 0..self.caps.len() {
            let SetCap { user: owner, cap, .. } = self.caps[index];
            if owner != user || !(cap.model.is_none() || cap.model == model) || cap.action == CapAction::Deny {
                continue;
            }
            let spend = self.spend(user, &cap) + net;
            if spend <= cap.limit {
                continue;
            }
            let told = json!({
                "capped": false, "current_spend": credits(spend), "cap_limit": credits(cap.limit), "action": cap.action,
            });
            let told = with_model(told, cap.model);
            let start = window(cap.cap_type, self.now).0;
            if cap.action == CapAction::Warn {
                warning = warning.or(Some(told));
            } else if !self.caps[index].told.contains(&start) {
                self.caps[index].told.push(start);
                notice = notice.or(Some(told));
            }
        }
        notice.or(warning)
    }

    fn insufficient(needed: i64, available: i64, floor: i64) -> Value {
        refused(
            "insufficient_credits",
            None,
            json!({ "needed": credits(needed), "available": credits(available), "min_balance": credits(floor) }),
        )
    }

    /// Takes credits from what expires first; what no lot has is owed.
    fn draw(&mut self, owner: Owner, amount: i64) -> Vec<(Source, i64)> {
        let mut order: Vec<usize> = (0..self.lots.len())
            .filter(|i| self.lots[*i].owner == owner && self.lots[*i].left > 0 && !self.gone(self.lots[*i].expires))
            .collect();
        order.sort_by_key(|i| (self.lots[*i].expires.unwrap_or(Timestamp::MAX), *i));
        let mut left = amount;
        let mut drawn = Vec::new();
        for index in order {
            let part = self.lots[index].left.min(left);
            if part > 0 {
                self.lots[index].left -= part;
                drawn.push((Source::Lot(index), part));
                left -= part;
            }
        }
        if left > 0 {
            *self.debt.entry(owner).or_default() += left;
            drawn.push((Source::Debt, left));
        }
        drawn
    }

    fn put(&mut self, owner: Owner, amount: i64, expires: Option<Timestamp>) {
        let debt = self.debt.entry(owner).or_default();
        let repaid = amount.min(*debt);
        *debt -= repaid;
        self.lots.push(Lot { owner, expires, left: amount - repaid });
    }

    fn cost(&self, user: Option<usize>, model: &str, tokens: u64) -> i64 {
        let tokens = i64::try_from(tokens).unwrap();
        if model == "m" {
            let per_thousand = user.and_then(|user| self.plan(user)).map_or(1_000_000, |plan| PLANS[plan].2);
            tokens * per_thousand / 1000
        } else {
            // 1.5 micro-credits a token, half away from zero.
            (tokens * 3 + 1) / 2
        }
    }

    /// What one operation answers, and what it does.
    pub fn run(&mut self, op: &Op) -> Answer {
        let scope = op.key.and_then(|key| Some(format!("{} {key}", self.scope(&op.action)?)));
        let request = format!("{:?}", op.action);
        if let Some((known, answer)) = scope.as_ref().and_then(|scope| self.keys.get(scope)) {
            if *known != request {
                return Err(refused("idempotency_conflict", None, json!({})));
            }
            let mut answer = answer.clone();
            answer["idempotent"] = json!(true);
            return Ok(answer);
        }
        let answer = self.act(&op.action)?;
        if let Some(scope) = scope {
            self.keys.insert(scope, (request, answer.clone()));
        }
        Ok(answer)
    }

    /// What a key is unique in; none for what takes no key.
    fn scope(&self, action: &Action) -> Option<String> {
        Some(match action {
            Action::Add { user, .. } => format!("add {user}"),
            Action::Adjust { user, .. } => format!("adjust {user}"),
            Action::Charge { user, .. } | Action::Spend { user, .. } => format!("charge {user}"),
            Action::Reserve { user, .. } => format!("reserve {user}"),
            Action::Settle { hold, .. } => format!("settle {}", self.holds[*hold].user),
            Action::Refund { debit, .. } => format!("refund {:?}", self.debits[*debit].owner),
            Action::CreateTeam { .. } => "team".to_owned(),
            Action::TopUp { team, .. } => format!("top up {team}"),
            Action::ChargeTeam { team, .. } => format!("charge team {team}"),
            _ => return None,
        })
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each operation")]
    fn act(&mut self, action: &Action) -> Answer {
        match *action {
            Action::Add { user, amount, purchase, expires_in } => {
                if amount <= 0 {
                    return Err(not_positive("amount"));
                }
                let expires = expires_in.map(|hours| self.after(i64::from(hours) * 3600));
                let person = self.people.entry(user).or_default();
                person.purchased += if purchase { amount } else { 0 };
                let purchased = person.purchased;
                self.put(Owner::User(user), amount, expires);
                Ok(json!({
                    "user": user, "amount": credits(amount), "new_balance": credits(self.balance(Owner::User(user))),
                    "lifetime_purchased": credits(purchased), "idempotent": false,
                }))
            }
            Action::Adjust { user, amount, allow_negative } => self.adjust(user, amount, allow_negative),
            Action::Charge { user, model, tokens } => {
                let gross = self.cost(Some(user), model, tokens);
                self.charge(user, gross, Some(model), Some(1))
            }
            Action::Spend { user, amount, model } => {
                if amount <= 0 {
                    return Err(not_positive("amount"));
                }
                self.charge(user, amount, model, None)
            }
            Action::Reserve { user, amount, ttl, max } => self.reserve(user, amount, ttl, max),
            Action::Settle { hold, amount } => self.settle(hold, amount),
            Action::Release { hold } => {
                match self.holds[hold].status {
                    "settled" => return Err(self.closed(hold)),
                    "active" if self.holds[hold].expires <= self.now => self.holds[hold].status = "expired",
                    "active" => self.holds[hold].status = "released",
                    _ => {}
                }
                Ok(self.view(hold))
            }
            Action::Renew { hold, ttl } => {
                self.check_open(hold)?;
                self.holds[hold].expires = self.after(i64::from(ttl));
                Ok(self.view(hold))
            }
            Action::Reap => {
                let now = self.now;
                let due = self.holds.iter_mut().filter(|hold| hold.status == "active" && hold.expires <= now);
                Ok(json!(due.map(|hold| hold.status = "expired").count()))
            }
            Action::Refund { debit, amount } => self.refund(debit, amount),
            Action::Sweep { dry_run } => {
                let now = self.now;
                let due = self.lots.iter_mut().filter(|lot| lot.left > 0 && lot.expires.is_some_and(|at| at <= now));
                let (mut count, mut sum) = (0, 0);
                for lot in due {
                    count += 1;
                    sum += lot.left;
                    if !dry_run {
                        lot.left = 0;
                    }
                }
                Ok(json!({ "expired_count": count, "expired_amount": credits(sum), "dry_run": dry_run }))
            }
            Action::SetPlan { user, plan } => {
                self.people.entry(user).or_default().plan = plan;
                Ok(json!({ "user": user, "plan_id": plan.map(|plan| PLANS[plan].0) }))
            }
            Action::SetCap { user, cap } => {
                let same = |set: &&mut SetCap| {
                    set.user == user && set.cap.cap_type == cap.cap_type && set.cap.model == cap.model
                };
                match self.caps.iter_mut().find(same) {
                    Some(set) => {
                        set.cap = cap;
                        set.told.clear();
                    }
                    None => self.caps.push(SetCap { user, cap, told: Vec::new() }),
                }
                Ok(json!(null))
            }
            Action::DeleteCap { user, cap } => {
                self.caps
                    .retain(|set| set.user != user || set.cap.cap_type != cap.cap_type || set.cap.model != cap.model);
                Ok(json!(null))
            }
            Action::CheckCap { user, amount, model } => Ok(self.check_cap(user, amount, model)),
            Action::CreateTeam { amount } => {
                if amount < 0 {
                    return Err(not_positive("initial_balance"));
                }
                let team = self.teams.len();
                self.teams.push(Vec::new());
                if amount > 0 {
                    self.put(Owner::Team(team), amount, None);
                }
                Ok(json!({ "name": "Pool", "idempotent": false }))
            }
            Action::TopUp { team, amount } => {
                if amount <= 0 {
                    return Err(not_positive("amount"));
                }
                self.put(Owner::Team(team), amount, None);
                let balance = self.balance(Owner::Team(team));
                Ok(json!({
                    "amount": credits(amount), "new_balance": credits(balance), "lifetime_purchased": 0,
                    "idempotent": false,
                }))
            }
            Action::PutMember { team, user, role, cap } => {
                self.check_owner_left(team, user, role)?;
                self.people.entry(user).or_default();
                match self.teams[team].iter_mut().find(|member| member.user == user) {
                    Some(member) => (member.role, member.cap, member.present) = (role, cap, true),
                    None => self.teams[team].push(Member { user, role, cap, present: true }),
                }
                Ok(json!({ "user": user, "role": role }))
            }
            Action::RemoveMember { team, user } => {
                if !self.teams[team].iter().any(|member| member.user == user && member.present) {
                    return Err(refused("not_team_member", None, json!({ "user": user })));
                }
                self.check_owner_left(team, user, "none")?;
                let spent = self.spent(team, user);
                let member = self.teams[team].iter_mut().find(|member| member.user == user).unwrap();
                member.present = false;
                Ok(json!({
                    "user": user, "role": member.role, "spend_cap": member.cap.map(credits), "total_spent": credits(spent),
                }))
            }
            Action::ChargeTeam { team, user, amount } => self.charge_team(team, user, amount),
            Action::Balance { user } => Ok(json!({
                "user": user, "balance": credits(self.balance(Owner::User(user))),
                "lifetime_purchased": credits(self.people.get(&user).map_or(0, |person| person.purchased)),
                "available": credits(self.available(Owner::User(user))),
            })),
            Action::Allowance { user } => {
                let date = utc_date(self.now);
                Ok(json!({
                    "plan_id": self.plan(user).map(|plan| PLANS[plan].0),
                    "allowance_remaining": credits(self.allowance_left(user)),
                    "period_start": date.first_of_month(), "period_end": date.last_of_month(),
                }))
            }
            Action::Team { team } => Ok(self.team(team)),
            Action::Wait { seconds } => {
                self.now = self.after(seconds.into());
                Ok(json!(null))
            }
        }
    }

    fn after(&self, seconds: i64) -> Timestamp {
        self.now.checked_add(SignedDuration::from_secs(seconds)).unwrap()
    }

    fn adjust(&mut self, user: usize, amount: i64, allow_negative: bool) -> Answer {
        if amount >= 0 {
            return Err(not_positive("amount"));
        }
        let owner = Owner::User(user);
        if !allow_negative && self.available(owner) + amount < FLOOR {
            return Err(Self::insufficient(-amount, self.available(owner), FLOOR));
        }
        self.people.entry(user).or_default();
        let drawn = self.draw(owner, -amount);
        self.debits.push(Debit {
            owner,
            user,
            charge: false,
            at: self.now,
            model: None,
            net: -amount,
            allowance: 0,
            drawn,
            refunds: Vec::new(),
        });
        Ok(json!({
            "user": user, "amount": credits(amount), "new_balance": credits(self.balance(owner)), "idempotent": false,
        }))
    }

    fn charge(&mut self, user: usize, gross: i64, model: Option<&'static str>, version: Option<i64>) -> Answer {
        let owner = Owner::User(user);
        let allowance = self.allowance_left(user).min(gross);
        let net = gross - allowance;
        self.deny(user, model, net)?;
        if self.available(owner) - net < FLOOR {
            return Err(Self::insufficient(net, self.available(owner), FLOOR));
        }
        Ok(self.record(user, gross, allowance, net, model, version))
    }

    /// Writes a charge of a user's own account down.
    fn record(
        &mut self,
        user: usize,
        gross: i64,
        allowance: i64,
        net: i64,
        model: Option<&'static str>,
        version: Option<i64>,
    ) -> Value {
        let owner = Owner::User(user);
        let warning = self.warn(user, model, net);
        let drawn = self.draw(owner, net);
        self.people.entry(user).or_default();
        let at = self.now;
        self.debits.push(Debit { owner, user, charge: true, at, model, net, allowance, drawn, refunds: Vec::new() });
        let mut answer = json!({
            "user": user, "amount": credits(-net), "balance_after": credits(self.balance(owner)), "idempotent": false,
            "allowance_consumed": credits(allowance), "gross": credits(gross),
            "uncollected": credits(gross - allowance - net),
        });
        if let Some(warning) = warning {
            answer["cap_warning"] = warning;
        }
        if let Some(version) = version {
            answer["pricing_version"] = json!(version);
        }
        answer
    }

    fn reserve(&mut self, user: usize, amount: i64, ttl: u32, max: Option<u32>) -> Answer {
        if amount <= 0 {
            return Err(not_positive("amount"));
        }
        let open = self.holds.iter().filter(|hold| hold.user == user && self.is_open(hold)).count();
        if let Some(max) = max.filter(|max| open >= *max as usize) {
            return Err(refused("concurrency_limit", None, json!({ "open": open, "max_concurrent": max })));
        }
        self.deny(user, None, amount)?;
        let available = self.available(Owner::User(user));
        if available + self.allowance_left(user) - amount < FLOOR {
            return Err(Self::insufficient(amount, available, FLOOR));
        }
        self.people.entry(user).or_default();
        let expires = self.after(i64::from(ttl));
        self.holds.push(Hold { user, amount, created: self.now, expires, status: "active" });
        Ok(json!({
            "user": user, "amount": credits(amount), "balance": credits(self.balance(Owner::User(user))),
            "reserved_total": credits(self.held(user)), "idempotent": false,
        }))
    }

    fn closed(&self, hold: usize) -> Value {
        refused("reservation_settled", None, json!({ "status": self.holds[hold].status }))
    }

    fn check_open(&self, hold: usize) -> Result<(), Value> {
        let Hold { status, expires, .. } = &self.holds[hold];
        match *status {
            "active" if *expires > self.now => Ok(()),
            "active" | "expired" => Err(refused("reservation_expired", None, json!({ "expired_at": expires }))),
            _ => Err(self.closed(hold)),
        }
    }

    fn view(&self, hold: usize) -> Value {
        let Hold { user, amount, created, expires, status } = &self.holds[hold];
        let status = if *status == "active" && *expires <= self.now { "expired" } else { *status };
        json!({
            "user": user, "amount": credits(*amount), "status": status, "pricing_version": 1, "created_at": created,
            "expires_at": expires,
        })
    }

    fn settle(&mut self, hold: usize, gross: i64) -> Answer {
        self.check_open(hold)?;
        if gross < 0 {
            return Err(not_positive("amount"));
        }
        let (user, amount) = (self.holds[hold].user, self.holds[hold].amount);
        let allowance = self.allowance_left(user).min(gross);
        let owed = gross - allowance;
        let above_floor = self.balance(Owner::User(user)) - FLOOR;
        let others = self.held(user) - amount;
        let mut net = owed.min((above_floor - others).max(above_floor.min(amount)).max(0));
        for cap in self.caps_of(user, None).into_iter().filter(|cap| cap.action == CapAction::Deny) {
            net = net.min((cap.limit - (self.counted(user, &cap) - amount)).max(0));
        }
        self.holds[hold].status = "settled";
        Ok(self.record(user, gross, allowance, net, None, None))
    }

    fn refund(&mut self, index: usize, amount: Option<i64>) -> Answer {
        if amount.is_some_and(|amount| amount <= 0) {
            return Err(not_positive("amount"));
        }
        let debit = &self.debits[index];
        let (owner, user) = (debit.owner, debit.user);
        let given: i64 = debit.refunds.iter().map(|refund| refund.credits + refund.allowance).sum();
        let whole = debit.net + debit.allowance;
        let left = whole - given;
        if left <= 0 {
            return Err(refused(
                "already_refunded",
                None,
                json!({ "refunded": credits(whole), "remaining": credits(0) }),
            ));
        }
        let asked = amount.unwrap_or(left);
        if asked > left {
            let details = json!({ "asked": credits(asked), "remaining": credits(left) });
            return Err(refused("over_refund", Some("amount"), details));
        }
        let credits_left = debit.net - debit.refunds.iter().map(|refund| refund.credits).sum::<i64>();
        let back = asked.min(credits_left);
        let allowance = asked - back;
        let current = utc_date(debit.at).first_of_month() == utc_date(self.now).first_of_month();
        let restored = if current { allowance } else { 0 };
        let mut expired = 0;
        let mut fresh = 0;
        let mut todo = back;
        while todo > 0 {
            let (source, drawn) = *self.debits[index].drawn.last().unwrap();
            let part = drawn.min(todo);
            todo -= part;
            let last = self.debits[index].drawn.last_mut().unwrap();
            last.1 -= part;
            if last.1 == 0 {
                self.debits[index].drawn.pop();
            }
            match source {
                Source::Lot(lot) if self.gone(self.lots[lot].expires) => expired += part,
                Source::Lot(lot) => self.lots[lot].left += part,
                Source::Debt => {
                    let owed = self.debt.entry(owner).or_default();
                    let repaid = part.min(*owed);
                    *owed -= repaid;
                    fresh += part - repaid;
                }
            }
        }
        if fresh > 0 {
            self.lots.push(Lot { owner, expires: None, left: fresh });
        }
        let at = self.now;
        self.debits[index].refunds.push(Refund { at, credits: back, allowance, restored });
        Ok(json!({
            "user": user, "amount": credits(back), "new_balance": credits(self.balance(owner)), "idempotent": false,
            "allowance_restored": credits(restored), "expired_on_refund": credits(expired),
            "remaining": credits(left - asked),
        }))
    }

    fn check_cap(&self, user: usize, amount: Option<i64>, model: Option<&'static str>) -> Value {
        let asked = self
            .caps
            .iter()
            .filter(|set| set.user == user && (model.is_none() || set.cap.model.is_none() || set.cap.model == model));
        let counted = |cap: &Cap| {
            if cap.action == CapAction::Deny { self.counted(user, cap) } else { self.spend(user, cap) }
        };
        let breached = |cap: &Cap| match amount {
            Some(amount) => counted(cap) + amount > cap.limit,
            None if cap.action == CapAction::Deny => counted(cap) >= cap.limit,
            None => counted(cap) > cap.limit,
        };
        let mut found: Vec<Cap> = asked.map(|set| set.cap).filter(breached).collect();
        found.sort_by_key(|cap| cap.action != CapAction::Deny);
        match found.first() {
            None => json!({ "capped": false, "current_spend": 0, "cap_limit": 0 }),
            Some(cap) => with_model(
                json!({
                    "capped": cap.action == CapAction::Deny, "current_spend": credits(counted(cap)),
                    "cap_limit": credits(cap.limit), "action": cap.action,
                }),
                cap.model,
            ),
        }
    }

    fn spent(&self, team: usize, user: usize) -> i64 {
        let theirs = self.debits.iter().filter(|debit| debit.owner == Owner::Team(team) && debit.user == user);
        theirs.map(|debit| debit.net - debit.refunds.iter().map(|refund| refund.credits).sum::<i64>()).sum()
    }

    /// Refused when this change would leave the team without an owner.
    fn check_owner_left(&self, team: usize, user: usize, role: &str) -> Result<(), Value> {
        let owners: Vec<usize> = self.teams[team]
            .iter()
            .filter(|member| member.present && member.role == "owner")
            .map(|member| member.user)
            .collect();
        if owners == [user] && role != "owner" {
            return Err(refused("last_owner", None, json!({})));
        }
        Ok(())
    }

    fn charge_team(&mut self, team: usize, user: usize, amount: i64) -> Answer {
        if amount <= 0 {
            return Err(not_positive("amount"));
        }
        let Some(member) = self.teams[team].iter().find(|member| member.user == user && member.present) else {
            return Err(refused("not_team_member", None, json!({ "user": user })));
        };
        let spent = self.spent(team, user);
        if let Some(cap) = member.cap.filter(|cap| spent + amount > *cap) {
            let details =
                json!({ "spend_cap": credits(cap), "total_spent": credits(spent), "needed": credits(amount) });
            return Err(refused("member_cap_exceeded", None, details));
        }
        self.deny(user, None, amount)?;
        let owner = Owner::Team(team);
        if self.balance(owner) < amount {
            return Err(Self::insufficient(amount, self.balance(owner), 0));
        }
        let warning = self.warn(user, None, amount);
        let drawn = self.draw(owner, amount);
        self.debits.push(Debit {
            owner,
            user,
            charge: true,
            at: self.now,
            model: None,
            net: amount,
            allowance: 0,
            drawn,
            refunds: Vec::new(),
        });
        let mut answer = json!({
            "user": user, "amount": credits(-amount), "team_balance_after": credits(self.balance(owner)),
            "idempotent": false,
        });
        if let Some(warning) = warning {
            answer["cap_warning"] = warning;
        }
        Ok(answer)
    }

    fn team(&self, team: usize) -> Value {
        let mut members: Vec<&Member> = self.teams[team].iter().filter(|member| member.present).collect();
        let rank = |role: &str| ["owner", "admin", "member"].iter().position(|known| *known == role);
        members.sort_by_key(|member| (rank(member.role), member.user));
        let rows: Vec<Value> = members
            .iter()
            .map(|member| {
                json!({
                    "user": member.user, "role": member.role, "spend_cap": member.cap.map(credits),
                    "total_spent": credits(self.spent(team, member.user)),
                })
            })
            .collect();
        json!({
            "name": "Pool", "balance": credits(self.balance(Owner::Team(team))), "member_count": rows.len(),
            "members": rows,
        })
    }
}

fn with_model(mut value: Value, model: Option<&str>) -> Value {
    if let Some(model) = model {
        value["model"] = json!(model);
    }
    value
}
