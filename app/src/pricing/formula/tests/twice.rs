//! The language once more, as fractions of integers: generated trees are printed, read and run by the engine, and
//! computed here. Where the fractions grow too large or a division has no finite decimal, nothing is compared.

use super::*;

#[derive(Clone, Debug)]
enum Tree {
    Number(i64, u32),
    Quantity(Variable),
    Unary(&'static str, Box<Tree>),
    Binary(&'static str, Box<Tree>, Box<Tree>),
    /// value, condition, other
    Conditional(Box<[Tree; 3]>),
    Call(&'static str, Vec<Tree>),
}

/// A fraction in lowest terms, the lower part positive.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Ratio(i128, i128);

#[derive(Debug, PartialEq)]
enum Fault {
    DivisionByZero,
    /// Beyond what is compared here.
    Unsure,
}

type Computed = Result<Ratio, Fault>;

fn gcd(a: i128, b: i128) -> i128 {
    if b == 0 { a.abs() } else { gcd(b, a % b) }
}

fn ratio(upper: Option<i128>, lower: Option<i128>) -> Computed {
    let (Some(upper), Some(lower)) = (upper, lower) else { return Err(Fault::Unsure) };
    if lower == 0 {
        return Err(Fault::DivisionByZero);
    }
    let shared = gcd(upper, lower) * lower.signum();
    let (upper, lower) = (upper / shared, lower / shared);
    // Past these the engine's 28 digits may round, and an endless decimal always does.
    let mut rest = lower;
    for factor in [2, 5] {
        while rest % factor == 0 {
            rest /= factor;
        }
    }
    if rest != 1 || upper.abs() > 10_i128.pow(12) || lower > 10_i128.pow(8) {
        return Err(Fault::Unsure);
    }
    Ok(Ratio(upper, lower))
}

impl Ratio {
    const ZERO: Self = Self(0, 1);

    fn whole(value: i128) -> Self {
        Self(value, 1)
    }

    fn below(self, other: Self) -> bool {
        self.0 * other.1 < other.0 * self.1
    }

    fn floor(self) -> i128 {
        self.0.div_euclid(self.1)
    }

    fn truncated(self) -> i128 {
        self.0 / self.1
    }

    fn plus(self, other: Self) -> Computed {
        ratio(Some(self.0 * other.1 + other.0 * self.1), Some(self.1 * other.1))
    }

    fn times(self, other: Self) -> Computed {
        ratio(Some(self.0 * other.0), Some(self.1 * other.1))
    }

    fn over(self, other: Self) -> Computed {
        ratio(Some(self.0 * other.1), Some(self.1 * other.0))
    }

    fn negative(self) -> Self {
        Self(-self.0, self.1)
    }
}

fn truth(holds: bool) -> Ratio {
    Ratio::whole(i128::from(holds))
}

fn compute(tree: &Tree, given: &Variables) -> Computed {
    match tree {
        Tree::Number(value, scale) => ratio(Some(i128::from(*value)), Some(10_i128.pow(*scale))),
        Tree::Quantity(variable) => Ok(Ratio::whole(i128::from(given.get(*variable)))),
        Tree::Unary("not ", operand) => Ok(truth(compute(operand, given)? == Ratio::ZERO)),
        Tree::Unary("-", operand) => Ok(compute(operand, given)?.negative()),
        Tree::Unary(_, operand) => compute(operand, given),
        Tree::Binary(sign, left, right) => compute_binary(sign, left, right, given),
        Tree::Conditional(parts) => {
            let [value, condition, other] = &**parts;
            compute(if compute(condition, given)? == Ratio::ZERO { other } else { value }, given)
        }
        Tree::Call("if", arguments) => {
            compute(&arguments[if compute(&arguments[0], given)? == Ratio::ZERO { 2 } else { 1 }], given)
        }
        Tree::Call(name, arguments) => {
            let values = arguments.iter().map(|argument| compute(argument, given)).collect::<Result<Vec<_>, _>>()?;
            compute_call(name, &values)
        }
    }
}

fn compute_binary(sign: &str, left: &Tree, right: &Tree, given: &Variables) -> Computed {
    let a = compute(left, given)?;
    if sign == "and" && a == Ratio::ZERO || sign == "or" && a != Ratio::ZERO {
        return Ok(a);
    }
    let b = compute(right, given)?;
    if matches!(sign, "//" | "%") && b == Ratio::ZERO {
        return Err(Fault::DivisionByZero);
    }
    let quotient = || Ratio::whole((a.0 * b.1) / (a.1 * b.0));
    match sign {
        "and" | "or" => Ok(b),
        "+" => a.plus(b),
        "-" => a.plus(b.negative()),
        "*" => a.times(b),
        "/" => a.over(b),
        "//" => Ok(quotient()),
        "%" => a.plus(quotient().times(b)?.negative()),
        "==" => Ok(truth(a == b)),
        "!=" => Ok(truth(a != b)),
        "<" => Ok(truth(a.below(b))),
        "<=" => Ok(truth(!b.below(a))),
        ">" => Ok(truth(b.below(a))),
        _ => Ok(truth(!a.below(b))),
    }
}

fn compute_call(name: &str, values: &[Ratio]) -> Computed {
    let lesser = |a: Ratio, b: Ratio| if b.below(a) { b } else { a };
    let greater = |a: Ratio, b: Ratio| if a.below(b) { b } else { a };
    Ok(match (name, values) {
        ("ceil", [x]) => Ratio::whole(-x.negative().floor()),
        ("floor", [x]) => Ratio::whole(x.floor()),
        ("round", [x]) => {
            let half = Ratio(x.0.abs() * 2 + x.1, x.1 * 2).truncated();
            Ratio::whole(half * x.0.signum())
        }
        ("min", _) => values.iter().copied().reduce(lesser).unwrap(),
        ("max", _) => values.iter().copied().reduce(greater).unwrap(),
        ("clamp", [x, low, high]) => greater(*low, lesser(*x, *high)),
        ("tier", [x, first, rate, second, other, default]) => match () {
            () if x.below(*first) => *rate,
            () if x.below(*second) => *other,
            () => *default,
        },
        ("percentile", [percent, a, b]) => {
            let (low, high) = (lesser(*a, *b), greater(*a, *b));
            low.plus(high.plus(low.negative())?.times(percent.over(Ratio::whole(100))?)?)?
        }
        _ => unreachable!("{name} with {} arguments", values.len()),
    })
}

fn level(tree: &Tree) -> u8 {
    match tree {
        Tree::Conditional(_) => 0,
        Tree::Binary("or", ..) => 1,
        Tree::Binary("and", ..) => 2,
        Tree::Unary("not ", _) => 3,
        Tree::Binary("==" | "!=" | "<" | "<=" | ">" | ">=", ..) => 4,
        Tree::Binary("+" | "-", ..) => 5,
        Tree::Binary(..) => 6,
        Tree::Unary(..) => 7,
        Tree::Number(..) | Tree::Quantity(_) | Tree::Call(..) => 8,
    }
}

/// The tree as text, with no more parentheses than it needs in a place that wants at least `wanted`.
fn print(tree: &Tree, wanted: u8) -> String {
    let own = level(tree);
    let text = match tree {
        Tree::Number(value, scale) => Decimal::new(*value, *scale).to_string(),
        Tree::Quantity(variable) => variable.name().to_owned(),
        Tree::Unary(sign, operand) => format!("{sign}{}", print(operand, own)),
        Tree::Binary(sign, left, right) => {
            let left = print(left, if own == 4 { 5 } else { own });
            format!("{left} {sign} {}", print(right, own + 1))
        }
        Tree::Conditional(parts) => {
            let [value, condition, other] = &**parts;
            format!("{} if {} else {}", print(value, 1), print(condition, 1), print(other, 0))
        }
        Tree::Call(name, arguments) => {
            let arguments: Vec<_> = arguments.iter().map(|argument| print(argument, 0)).collect();
            format!("{name}({})", arguments.join(", "))
        }
    };
    if own < wanted { format!("({text})") } else { text }
}

fn trees() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![
        (0_i64..1000, 0_u32..3).prop_map(|(value, scale)| Tree::Number(value, scale)),
        prop::sample::select(Variable::ALL.to_vec()).prop_map(Tree::Quantity),
    ];
    leaf.prop_recursive(5, 60, 3, |inner| {
        let boxed = inner.clone().prop_map(Box::new);
        let signs = vec!["+", "-", "*", "/", "//", "%", "==", "!=", "<", "<=", ">", ">=", "and", "or"];
        let many = prop::collection::vec(inner.clone(), 6);
        let calls = prop::sample::select(vec![
            ("ceil", 1),
            ("floor", 1),
            ("round", 1),
            ("min", 3),
            ("max", 2),
            ("clamp", 3),
            ("if", 3),
            ("tier", 6),
            ("percentile", 3),
        ]);
        let percents = prop::sample::select(vec![0_i64, 25, 50, 100]);
        prop_oneof![
            2 => (prop::sample::select(vec!["-", "+", "not "]), boxed.clone()).prop_map(|(s, x)| Tree::Unary(s, x)),
            6 => (prop::sample::select(signs), boxed.clone(), boxed).prop_map(|(s, a, b)| Tree::Binary(s, a, b)),
            2 => [inner.clone(), inner.clone(), inner].prop_map(|parts| Tree::Conditional(Box::new(parts))),
            4 => (calls, many, percents).prop_map(|((name, count), mut arguments, percent)| {
                arguments.truncate(count);
                if name == "percentile" {
                    arguments[0] = Tree::Number(percent, 0);
                }
                Tree::Call(name, arguments)
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn both_evaluators_agree(tree in trees(), quantities in prop::array::uniform10(0_u64..50)) {
        // Nothing but a quantity that makes any tree a formula.
        let anchor = Tree::Binary("*", Box::new(Tree::Quantity(Variable::InputTokens)), Box::new(Tree::Number(0, 0)));
        let tree = Tree::Binary("+", Box::new(tree), Box::new(anchor));
        let source = print(&tree, 0);
        prop_assume!(source.len() <= MAX_SOURCE);
        let formula = match Formula::parse(&source, Scope::Tool) {
            Err(error) if error.message.contains("more than 256") => return Ok(()),
            read => read.map_err(|error| TestCaseError::fail(format!("{source}: {error}")))?,
        };
        let [a, b, c, d, e, f, g, h, i, j] = quantities;
        let given = Variables {
            input_tokens: a, output_tokens: b, cache_read_tokens: c, cache_write_tokens: d, search_queries: e,
            search_results: f, web_search_calls: g, code_exec_calls: h, tool_calls: i, this_tool_calls: j,
        };
        match (compute(&tree, &given), formula.eval(&given)) {
            (Err(Fault::Unsure), _) => {}
            (Err(Fault::DivisionByZero), found) => {
                prop_assert_eq!(found.map_err(|e| e.message), Err("division by zero".to_owned()), "{}", source);
            }
            (Ok(Ratio(upper, lower)), found) => {
                let expected = Decimal::from_i128_with_scale(upper, 0) / Decimal::from_i128_with_scale(lower, 0);
                prop_assert_eq!(found, Ok(expected), "{}", source);
            }
        }
    }
}
