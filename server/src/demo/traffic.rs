//! What people ask for: models, tokens, tools.

use super::models::NEW_MODEL;
use super::people::Person;
use super::random::Random;
use super::rhythm::{Persona, adoption};
use app::model::UsageMetrics;
use std::collections::BTreeMap;

/// Use of a thing in hundredths of the usual, each as likely as the next: most is small, some is large.
const TAIL: [u64; 16] = [15, 25, 35, 45, 55, 65, 75, 85, 95, 105, 120, 140, 170, 215, 320, 700];

type Choice = [(&'static str, u64)];

const OFFICE: &Choice = &[
    ("gpt-5.4-mini", 30),
    ("claude-haiku-4-5", 16),
    ("gemini-2.5-flash", 14),
    ("gpt-5.5", 10),
    ("claude-sonnet-4-6", 16),
    ("mistral-large-latest", 8),
    ("gpt-5-nano", 6),
];
const BUILDER: &Choice = &[
    ("claude-sonnet-4-6", 46),
    ("claude-opus-4-6", 10),
    ("gpt-5.5", 18),
    ("gemini-2.5-pro", 14),
    ("deepseek-chat", 12),
];
const EVENING: &Choice = &[
    ("gpt-5-nano", 24),
    ("gemini-2.5-flash", 26),
    ("gpt-5.4-mini", 24),
    ("deepseek-chat", 16),
    ("claude-sonnet-4-6", 10),
];
const BATCH: &Choice = &[
    ("text-embedding-3-small", 38),
    ("gpt-5-nano", 24),
    ("gemini-2.5-flash", 18),
    ("claude-haiku-4-5", 12),
    ("mistral-large-latest", 8),
];

/// One call of a person in the hour that is `hour` hours from the start, with the feature it is made through.
pub fn call(
    person: &Person,
    hour: u64,
    hours: u64,
    new_model: bool,
    random: &mut Random,
) -> (UsageMetrics, &'static str) {
    if random.permille(2) {
        let job = if random.permille(900) { "monthly_report" } else { "voice_clone" };
        return (UsageMetrics { fixed_job: Some(job.to_owned()), ..UsageMetrics::default() }, "jobs");
    }
    let (choice, feature) = match person.persona {
        Persona::Office => (OFFICE, "assistant"),
        Persona::Builder => (BUILDER, "code"),
        Persona::Evening => (EVENING, "chat"),
        Persona::Batch => (BATCH, "pipeline"),
    };
    let mut model = *random.weighted(choice);
    // Sonnet's users follow to the new model, and some of those of the other large one.
    let may_follow = model == "claude-sonnet-4-6" || (model == "gpt-5.5" && random.permille(350));
    if new_model && may_follow && random.permille(adoption(hour, hours)) {
        model = NEW_MODEL;
    }
    let mut metrics = tokens(person.persona, model, random);
    metrics.model = Some(model.to_owned());
    if person.persona == Persona::Builder && random.permille(240) {
        metrics.tools = tools(random);
    }
    if person.persona == Persona::Office && random.permille(45) {
        metrics.search_queries = random.between(1, 3);
    }
    (metrics, feature)
}

fn tools(random: &mut Random) -> BTreeMap<String, u64> {
    let mut tools = BTreeMap::from([("read_file".to_owned(), random.between(1, 8))]);
    if random.permille(60) {
        tools.insert("code_interpreter".to_owned(), random.between(1, 2));
    }
    tools
}

fn tokens(persona: Persona, model: &str, random: &mut Random) -> UsageMetrics {
    if model == "text-embedding-3-small" {
        return UsageMetrics { input_tokens: about(7_000, random), ..UsageMetrics::default() };
    }
    let (input, output, cached, written) = match persona {
        Persona::Office => (1_600, 420, 900, 0),
        Persona::Builder => (2_800, 950, 14_000, 900),
        Persona::Evening => (900, 520, 0, 0),
        Persona::Batch => (5_200, 260, 2_000, 0),
    };
    let cached = if random.permille(600) { about(cached, random) } else { 0 };
    let written = if cached > 0 && model.starts_with("claude") { about(written, random) } else { 0 };
    UsageMetrics {
        input_tokens: about(input, random),
        output_tokens: about(output, random),
        cache_read_tokens: cached,
        cache_write_tokens: written,
        ..UsageMetrics::default()
    }
}

fn about(usual: u64, random: &mut Random) -> u64 {
    usual * *random.pick(&TAIL) * random.between(80, 120) / 10_000
}
