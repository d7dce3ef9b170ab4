//! Random scripts. The bench checks the invariants after each command; here the counts that only a whole script shows.

use super::bench::Bench;
use crate::ledger::Rejection;
use app::model::{Credits, EntryKind, Uuid};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Step {
    Add(u32, Option<u16>),
    Deduct(u32),
    Call(u16),
    Adjust(u32, bool),
    Refund(usize, Option<u32>),
    Sweep,
    Pass(u32),
    Plan(bool),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (1..5_000_000_u32, proptest::option::of(1..4_000_u16)).prop_map(|(amount, at)| Step::Add(amount, at)),
        4 => (0..3_000_000_u32).prop_map(Step::Deduct),
        3 => (0..120_u16).prop_map(Step::Call),
        1 => (1..4_000_000_u32, any::<bool>()).prop_map(|(amount, down)| Step::Adjust(amount, down)),
        4 => (any::<prop::sample::Index>(), proptest::option::of(0..3_000_000_u32))
            .prop_map(|(index, amount)| Step::Refund(index.index(1_000), amount)),
        1 => Just(Step::Sweep),
        2 => (1..2_000_000_u32).prop_map(Step::Pass),
        1 => any::<bool>().prop_map(Step::Plan),
    ]
}

fn micros(micros: u32) -> String {
    Credits::from_micros(i64::from(micros)).to_string()
}

fn play(bench: &mut Bench, step: Step) {
    let debits = |bench: &Bench| -> Vec<Uuid> {
        bench.entries.iter().filter(|e| e.amount.is_negative() || e.kind.is_charge()).map(|e| e.id).collect()
    };
    match step {
        Step::Add(amount, at) => drop(bench.add(&micros(amount), at.map(i64::from))),
        Step::Deduct(amount) => drop(bench.deduct(&micros(amount))),
        Step::Call(tokens) => drop(bench.call("half", u64::from(tokens))),
        Step::Adjust(amount, down) => drop(bench.adjust(&format!("-{}", micros(amount)), down)),
        Step::Refund(index, amount) => {
            let debits = debits(bench);
            if !debits.is_empty() {
                let amount = amount.map(micros);
                let _ = bench.refund(debits[index % debits.len()], amount.as_deref());
            }
        }
        Step::Sweep => drop(bench.run(crate::ledger::Action::Sweep, None)),
        Step::Pass(seconds) => bench.pass(i64::from(seconds)),
        Step::Plan(pro) => bench.set_plan(if pro { "pro" } else { "max" }),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_script_keeps_the_invariants(script in prop::collection::vec(step(), 1..60)) {
        let mut bench = Bench::new("1");
        for step in script {
            play(&mut bench, step);
        }
        // Refunding all that remains of every charge gives back exactly what the charges took.
        let charges: Vec<Uuid> =
            bench.entries.iter().filter(|e| e.kind == EntryKind::Usage).map(|e| e.id).collect();
        for id in charges {
            let _ = bench.refund(id, None);
            let again = bench.refund(id, None).unwrap_err();
            prop_assert!(matches!(again, Rejection::AlreadyRefunded { .. }), "{again:?}");
        }
        let sum = |kind| bench.entries.iter().filter(|e| e.kind == kind).map(|e| e.amount.micros()).sum::<i64>();
        let adjusted: i64 = bench.entries.iter()
            .filter(|e| e.kind == EntryKind::Refund)
            .filter(|e| bench.entries.iter().any(|o| Some(o.id) == e.reference && o.kind == EntryKind::Adjustment))
            .map(|e| e.amount.micros())
            .sum();
        prop_assert_eq!(sum(EntryKind::Refund) - adjusted, -sum(EntryKind::Usage));
    }

    /// Invariant 10: of N charges of c on b, exactly min(N, floor((b − floor) / c)) succeed.
    #[test]
    fn exactly_as_many_charges_pass_as_fit(balance in 1..2_000_i64, cost in 1..500_i64, count in 1..40_i64) {
        let mut bench = Bench::new("5");
        bench.add(&balance.to_string(), None);
        let passed = (0..count).filter(|_| bench.deduct(&cost.to_string()).is_ok()).count();
        let fit = ((balance - 5).max(0) / cost).min(count);
        prop_assert_eq!(i64::try_from(passed).unwrap(), fit);
    }
}
