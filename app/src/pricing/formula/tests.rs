//! Tests of the language as a whole: the corpus, the limits, hostile bytes, and an evaluator written a second time.

use super::*;
use proptest::prelude::*;

const CORPUS: &str = include_str!("corpus.txt");

fn variables() -> Variables {
    Variables { input_tokens: 1000, output_tokens: 500, tool_calls: 3, this_tool_calls: 2, ..Variables::default() }
}

fn value(source: &str) -> Result<String, FormulaError> {
    Ok(Formula::parse(source, Scope::Tool)?.eval(&variables())?.to_string())
}

/// What the corpus expects, and the formula.
fn corpus() -> impl Iterator<Item = (&'static str, String)> {
    CORPUS.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let (expected, source) = line.split_once('\t').expect("a tab after what is expected");
        let unescaped = source.replace("\\n", "\n").replace("\\t", "\t").replace("\\0", "\0").replace("\\\\", "\\");
        (expected, unescaped)
    })
}

/// What a formula does, in the words of the corpus; the message follows for its hint.
fn outcome(source: &str) -> (String, String) {
    let place = |error: FormulaError| (error.position.unwrap_or(usize::MAX), error.message);
    match Formula::parse(source, Scope::Tool).map(|formula| formula.eval(&variables())) {
        Ok(Ok(value)) => (format!("= {value}"), String::new()),
        Err(error) => {
            let (at, message) = place(error);
            (format!("! {at}"), message)
        }
        Ok(Err(error)) => {
            let (at, message) = place(error);
            (format!("~ {at}"), message)
        }
    }
}

#[test]
fn the_corpus_gives_what_it_says() {
    let wrong: Vec<_> = corpus()
        .filter_map(|(expected, source)| {
            let (found, message) = outcome(&source);
            let as_said = expected == found
                || expected.strip_prefix(&format!("{found} ")).is_some_and(|hint| message.contains(hint));
            (!as_said).then(|| format!("{source:?}: expected {expected}, found {found} {message}"))
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn no_prefix_of_the_corpus_panics() {
    for (_, source) in corpus() {
        for (end, _) in source.char_indices() {
            let _ = value(&source[..end]);
            let _ = value(&source[end..]);
        }
    }
}

#[test]
fn scope_decides_about_this_tool_calls() {
    assert!(Formula::parse("this_tool_calls", Scope::Tool).is_ok());
    let error = Formula::parse("1 + this_tool_calls", Scope::Model).unwrap_err();
    assert_eq!(error.position, Some(4));
    assert!(error.message.contains("tool formulas only"));
    let hint = Formula::parse("this_tool_call", Scope::Model).unwrap_err().message;
    assert!(!hint.contains("this_tool_calls"), "{hint}");
}

#[test]
fn tells_its_source_and_its_quantities() {
    let formula = Formula::parse(" output_tokens + input_tokens * output_tokens ", Scope::Model).unwrap();
    assert_eq!(formula.source(), " output_tokens + input_tokens * output_tokens ");
    let names: Vec<_> = formula.variables().map(Variable::name).collect();
    assert_eq!(names, ["input_tokens", "output_tokens"]);
}

#[test]
fn every_quantity_is_found_by_its_name() {
    let json = serde_json::to_value(variables()).unwrap();
    for variable in Variable::ALL {
        assert_eq!(Variable::from_name(variable.name()), Some(variable));
        assert_eq!(json[variable.name()].as_u64(), Some(variables().get(variable)), "{}", variable.name());
        let read = Formula::parse(variable.name(), Scope::Tool).unwrap();
        assert_eq!(read.eval(&variables()).unwrap(), Decimal::from(variables().get(variable)));
    }
}

#[test]
fn same_meaning_does_not_depend_on_the_writing() {
    let same =
        |a: &str, b: &str| Formula::parse(a, Scope::Model).unwrap().same_as(&Formula::parse(b, Scope::Model).unwrap());
    assert!(same("input_tokens*2.50", " ( input_tokens ) * 25e-1"));
    assert!(!same("input_tokens*2.5", "input_tokens*2.6"));
    assert!(!same("input_tokens - 1 - 1", "input_tokens - (1 - 1)"));
}

#[test]
fn length_is_limited() {
    let fits = format!("input_tokens{}", " ".repeat(MAX_SOURCE - 12));
    assert!(Formula::parse(&fits, Scope::Model).is_ok());
    let error = Formula::parse(&format!("{fits} "), Scope::Model).unwrap_err();
    assert_eq!((error.position, error.message.contains("4096")), (Some(4096), true));
}

#[test]
fn nodes_are_limited() {
    // Each `+1` adds two nodes to the one of the quantity.
    let sum = |count: usize| format!("input_tokens{}", "+1".repeat(count));
    assert_eq!(value(&sum(127)).unwrap(), "1127");
    assert!(value(&sum(128)).unwrap_err().message.contains("256"));
    assert!(value(&format!("max(input_tokens{})", ",1".repeat(1000))).unwrap_err().message.contains("256"));
}

#[test]
fn depth_is_limited_for_every_way_to_nest() {
    let ways: [(&str, &str); 8] = [
        ("(", ")"),
        ("-", ""),
        ("+", ""),
        ("not ", ""),
        ("ceil(", ")"),
        ("1 if 0 else ", ""),
        ("-(", ")"),
        ("if(1,", ",0)"),
    ];
    for (open, close) in ways {
        let nest = |count: usize| format!("{}input_tokens{}", open.repeat(count), close.repeat(count));
        // `-(` nests twice.
        let fits = if open == "-(" { MAX_DEPTH / 2 } else { MAX_DEPTH };
        assert!(value(&nest(fits)).is_ok(), "{open} × {fits}");
        let error = value(&nest(fits + 1)).unwrap_err();
        assert!(error.message.contains("deeper than 64"), "{open}: {}", error.message);
    }
}

/// The worst that 4 KiB can do, on a stack far smaller than a browser's.
#[test]
fn a_small_stack_is_enough() {
    let work = || {
        for open in
            ["(", "-", "+", "not ", "ceil(", "1 if 0 else ", "1 or 1 and not 1 < 1 + 1 * -(", "if(1,", "min(1,(1+1*("]
        {
            let flood = open.repeat(MAX_SOURCE / open.len());
            assert!(Formula::parse(&flood, Scope::Tool).is_err(), "{open}");
        }
        let deep = format!("{}input_tokens{}", "1 or 1 and 1 < 1 + 1 * (".repeat(25), ")".repeat(25));
        assert!(value(&deep).is_ok());
        for call in ["tier(0,0,0,", "percentile(0,", "round(", "if(1,1,", "clamp(0,0,"] {
            let deep = format!("{}input_tokens{}", call.repeat(50), ")".repeat(50));
            assert!(value(&deep).is_ok(), "{call}");
        }
        let wide = format!("input_tokens{}", "*1".repeat(127));
        assert!(value(&wide).is_ok());
    };
    std::thread::Builder::new().stack_size(384 * 1024).spawn(work).unwrap().join().unwrap();
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(source in ".{0,80}") {
        let _ = value(&source);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Err(error) = value(&String::from_utf8_lossy(&bytes)) {
            prop_assert!(error.position.is_some());
        }
    }

    /// Words of the language in any order reach far deeper than random letters.
    #[test]
    fn any_words_are_read_or_refused(words in prop::collection::vec(prop::sample::select(vec![
        "(", ")", ",", "+", "-", "*", "/", "//", "%", "<", "==", "and", "or", "not", "if", "else", "input_tokens", "0", "0.1",
        "79228162514264337593543950335", "1e-28", "round", "tier", "percentile", "min", "ceil", "clamp", "if(", "True",
    ]), 0..60), quantities: [u64; 3]) {
        let source = words.join(" ");
        if let Ok(formula) = Formula::parse(&source, Scope::Tool) {
            let [input_tokens, tool_calls, this_tool_calls] = quantities;
            let given = Variables { input_tokens, tool_calls, this_tool_calls, ..Variables::default() };
            let _ = formula.eval(&given);
            let _ = formula.linear();
        }
    }
}

mod twice;
