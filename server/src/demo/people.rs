//! Who buys: sixty invented people, five teams, and how much each of them uses.

use super::prices::Plan;
use super::random::Random;
use super::rhythm::Persona;

pub const TEAMS: [&str; 5] = ["Atlas", "Borealis", "Cascade", "Driftwood", "Ember"];

/// Name and time zone, in minutes east of Greenwich. Any likeness to a person is chance.
const PEOPLE: [(&str, i64); 60] = [
    ("Amara Okafor", 60),
    ("Noah Lindqvist", 60),
    ("Priya Raman", 330),
    ("Mateo Ferreira", -180),
    ("Yuki Tanabe", 540),
    ("Elif Demirci", 180),
    ("Jonas Weber", 60),
    ("Leila Haddad", 120),
    ("Sione Tupou", 780),
    ("Chloe Marchetti", 60),
    ("Kwame Boateng", 0),
    ("Ingrid Solberg", 60),
    ("Diego Quispe", -300),
    ("Hana Kowalczyk", 60),
    ("Arjun Mehta", 330),
    ("Zoë van Dijk", 60),
    ("Tariq Aziz", 300),
    ("Maya Goldberg", 120),
    ("Luca Bernardi", 60),
    ("Nomvula Dube", 120),
    ("Oskar Novák", 60),
    ("Camila Rojas", -240),
    ("Wei Zhang", 480),
    ("Fatima Zahra Idrissi", 60),
    ("Liam Gallagher", 0),
    ("Sunita Thapa", 345),
    ("Emeka Nwosu", 60),
    ("Astrid Jónsdóttir", 0),
    ("Rafael Moreno", -360),
    ("Anjali Perera", 330),
    ("Benedikt Huber", 60),
    ("Thandiwe Mokoena", 120),
    ("Kenji Morita", 540),
    ("Sofia Papadaki", 120),
    ("Omar Farouk", 120),
    ("Grace Kiplagat", 180),
    ("Pavel Sokolov", 240),
    ("Isabel Navarro", 60),
    ("Minh Tran", 420),
    ("Ruth Abebe", 180),
    ("Jack Thornbury", -300),
    ("Aylin Kaya", 180),
    ("Tomás Herrera", -360),
    ("Mei-Ling Chou", 480),
    ("Samuel Osei", 0),
    ("Freja Nygaard", 60),
    ("Dmitri Volkov", 180),
    ("Nadia Rahman", 360),
    ("Caleb Whitfield", -480),
    ("Siobhán Byrne", 0),
    ("Hassan Jafari", 210),
    ("Lucía Vega", -180),
    ("Andrew Kim", -480),
    ("Zainab Bello", 60),
    ("Viktor Dimitrov", 120),
    ("Aroha Ngata", 780),
    ("Ezra Cohen", -300),
    ("Manon Lefèvre", 60),
    ("Jin-ho Park", 540),
    ("Olivia Hartmann", -420),
];

/// Where they have their mail; none of these can be a real address (RFC 2606).
const DOMAINS: [&str; 6] = [
    "northwind.example",
    "lumen-labs.example",
    "paperplane.example",
    "tidewater.example",
    "kestrel.example",
    "mail.example",
];

/// One customer of the demo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub id: String,
    pub name: String,
    pub email: String,
    pub team: Option<&'static str>,
    pub zone_minutes: i64,
    pub persona: Persona,
    /// How much this person uses, in thousandths of an ordinary one.
    pub weight: u64,
    /// Buys more when credits run out; others wait for their next month.
    pub pays: bool,
    pub first_plan: Plan,
    /// The plan that follows, and after how many days.
    pub upgrade: Option<(Plan, u64)>,
    /// Hours from the start of the demo to the sign-up.
    pub joins: u64,
}

/// Invents so many people. A third of the early ones makes most of the use; the rest arrives over time.
pub fn invent(count: u32, days: u32, random: &mut Random) -> Vec<Person> {
    let count = u64::from(count);
    let mut ranks: Vec<u64> = (0..count).collect();
    random.shuffle(&mut ranks);
    (0..).zip(ranks).map(|(index, rank)| person(index, rank, count, u64::from(days), random)).collect()
}

fn person(index: u64, rank: u64, count: u64, days: u64, random: &mut Random) -> Person {
    let (name, zone_minutes) = name_of(index);
    // Hyperbolic: the first uses 18 times what an ordinary one does, the last three quarters of it.
    let weight = 360_000 / (20 + 8 * rank * 60 / count.max(1));
    let persona = *random.weighted(&[
        (Persona::Office, 45),
        (Persona::Builder, 30),
        (Persona::Evening, 15),
        (Persona::Batch, 10),
    ]);
    let plan = match weight {
        6_000.. => Plan::Scale,
        1_800.. => Plan::Pro,
        _ => Plan::Free,
    };
    let upgrade = (plan != Plan::Free && random.permille(350)).then(|| (plan, random.between(8, 32)));
    let early = weight >= 12_000 || random.permille(620);
    let joins = if early { random.below(3 * 24) } else { random.between(3 * 24, (days * 24 * 4 / 5).max(3 * 24)) };
    let slug = slug(&name);
    Person {
        email: format!("{}@{}", slug.replace('-', "."), random.pick(&DOMAINS)),
        id: slug,
        name,
        team: random.permille(700).then(|| *random.pick(&TEAMS)),
        zone_minutes,
        persona,
        weight,
        pays: plan != Plan::Free || random.permille(600),
        first_plan: if upgrade.is_some() { Plan::Free } else { plan },
        upgrade,
        joins,
    }
}

/// The sixty first; after them first and last names in other pairs, and at last with a number.
fn name_of(index: u64) -> (String, i64) {
    let all = PEOPLE.len() as u64;
    let at = |index: u64| PEOPLE[usize::try_from(index % all).unwrap_or(0)];
    let (first, zone) = at(index);
    let round = index / all;
    if round == 0 {
        return (first.to_owned(), zone);
    }
    let (last, _) = at(index + round * 7);
    let (first, _) = first.split_once(' ').unwrap_or((first, ""));
    let (_, last) = last.rsplit_once(' ').unwrap_or(("", last));
    let number = round / all;
    (if number == 0 { format!("{first} {last}") } else { format!("{first} {last} {}", number + 1) }, zone)
}

/// `Zoë van Dijk` → `zoe-van-dijk`.
fn slug(name: &str) -> String {
    name.to_lowercase().chars().map(plain).collect()
}

const fn plain(c: char) -> char {
    match c {
        'a'..='z' | '0'..='9' => c,
        'á' => 'a',
        'ë' | 'é' | 'è' => 'e',
        'í' => 'i',
        'ó' => 'o',
        _ => '-',
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_person_has_an_id_of_their_own() {
        let people = invent(4_000, 90, &mut Random::new(3));
        let ids: BTreeSet<&str> = people.iter().map(|person| person.id.as_str()).collect();
        assert_eq!(ids.len(), 4_000);
        assert!(people.iter().all(|person| person.id.is_ascii() && !person.id.contains("--")));
        assert_eq!(people[15].id, "zoe-van-dijk");
    }

    #[test]
    fn few_use_most_and_every_plan_is_sold() {
        let people = invent(60, 90, &mut Random::new(1));
        let mut weights: Vec<u64> = people.iter().map(|person| person.weight).collect();
        weights.sort_unstable_by(|a, b| b.cmp(a));
        let top: u64 = weights.iter().take(12).sum();
        assert!(top * 2 > weights.iter().sum(), "a fifth of the people makes more than half of the use");
        let plans = |plan| people.iter().filter(|person| person.first_plan == plan).count();
        assert!(Plan::ALL.into_iter().all(|plan| plans(plan) > 0));
    }
}
