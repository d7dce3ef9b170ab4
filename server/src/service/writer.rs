//! The group-commit writer.
//!
//! | phase | what |
//! |---|---|
//! | gather | wait for one command, then take all that wait or are just coming back, at most [`BATCH`] |
//! | load | the books of the accounts they name, locked |
//! | decide | one after another, in memory; a refused one does not fail its batch |
//! | write | all entries, touched rows, events and audit rows in a handful of statements, one commit |
//! | answer | each caller, when the commit is on the disk: what is acknowledged is there |
//!
//! A lone command commits at once. Under load the time of one commit gathers the next batch, and the next one is worked out
//! while the disk takes the last. Both have a thread of their own, or a batch would wait for whatever requests the runtime
//! takes up whenever it waits for the database. The queue is bounded; a full one answers `unavailable`, for a charge that waits without
//! end is worse than one refused.

use super::approvals::Approving;
use crate::clock::{Clock, Ids};
use crate::ledger::{AccountKind, Action, Command, Decision, Rejection, Reply, changes, decide, events};
use crate::metrics::meters;
use crate::store::{
    Db, StoreError,
    audit::{self, Change},
    books,
    cache::Cache,
    events::Outbox,
    versions::Compiled,
    write,
};
use app::error::{AppError, Code};
use app::model::{Actor, AuditSubject};
use futures_util::FutureExt as _;
use std::{
    collections::VecDeque,
    hash::{DefaultHasher, Hash, Hasher},
    panic::AssertUnwindSafe,
    sync::{Arc, mpsc as std_mpsc},
    thread,
    time::Duration,
};
use tokio::{
    runtime::Handle,
    sync::{mpsc, oneshot},
};

/// Commands in one commit at most.
pub const BATCH: usize = 256;
/// Commands that may wait for a writer.
const QUEUE: usize = 4 * BATCH;
/// Commands of one caller that may wait at a time.
const IN_FLIGHT: usize = BATCH / 2;
/// How long, and how many times at most, a writer waits for the callers of the batch before to come back.
const NAP: Duration = Duration::from_micros(50);
const NAPS: usize = 4;
/// Times a batch is begun when other processes come first.
pub const ATTEMPTS: usize = 6;

/// What a writer works with.
#[derive(Clone, Debug)]
pub struct Parts {
    pub db: Db,
    pub clock: Arc<Clock>,
    pub ids: Arc<Ids>,
    pub compiled: Arc<Compiled>,
    pub outbox: Arc<Outbox>,
}

/// Why a command was not done.
#[derive(Clone, Debug)]
pub enum Refusal {
    Rejected(Rejection),
    /// Storage failed, or the queue is full.
    Failed(AppError),
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Rejected(rejection) => rejection.into(),
            Refusal::Failed(error) => error,
        }
    }
}

pub type Answer = Result<Reply, Refusal>;

/// Where a command came from, for the audit log.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    pub address: Option<String>,
    /// Somebody's yes to a request that the command stands for: both are done, or neither.
    pub approval: Option<Approving>,
}

impl Origin {
    pub fn of(by: &Actor) -> Self {
        Self { address: by.address.clone(), approval: None }
    }

    pub fn approved(by: &Actor, approval: Approving) -> Self {
        Self { address: by.address.clone(), approval: Some(approval) }
    }
}

#[derive(Debug)]
struct Job {
    command: Command,
    origin: Origin,
    answer: oneshot::Sender<Answer>,
}

/// The way to the writers of this process. Commands of one account always go to the same one, so that a busy account does
/// not make two writers wait for each other.
#[derive(Debug)]
pub struct Writer {
    lanes: Vec<mpsc::Sender<Job>>,
}

impl Writer {
    pub fn start(parts: Parts, lanes: usize) -> Self {
        let start = |lane| {
            let (sender, queue) = mpsc::channel(QUEUE);
            let (parts, runtime) = (parts.clone(), Handle::current());
            thread::spawn(move || runtime.block_on(run(parts, Cache::of_lane(lane), queue)));
            sender
        };
        Self { lanes: (0_i64..).take(lanes).map(start).collect() }
    }

    /// Queues a command and waits for its commit.
    pub async fn submit(&self, command: Command) -> Answer {
        self.submit_from(command, Origin::default()).await
    }

    /// The same, telling where it came from.
    pub async fn submit_from(&self, command: Command, origin: Origin) -> Answer {
        let (answer, reply) = oneshot::channel();
        self.lane(&command).try_send(Job { command, origin, answer }).map_err(|_| Refusal::Failed(busy()))?;
        meters().queued();
        reply.await.unwrap_or_else(|_| Err(Refusal::Failed(stopped())))
    }

    /// Queues many commands and waits for them all. They enter the queue in the order given, at most [`IN_FLIGHT`] of them
    /// at a time and waiting for room rather than being refused, so that one caller's thousand leave room for the others'
    /// single ones, and commands of one account are decided in their order. The answers are in that order too.
    pub async fn submit_all(&self, commands: Vec<Command>) -> Vec<Answer> {
        let mut answers = Vec::with_capacity(commands.len());
        let mut waiting: VecDeque<oneshot::Receiver<Answer>> = VecDeque::with_capacity(IN_FLIGHT);
        for command in commands {
            if waiting.len() == IN_FLIGHT
                && let Some(oldest) = waiting.pop_front()
            {
                answers.push(oldest.await.unwrap_or_else(|_| Err(Refusal::Failed(stopped()))));
            }
            let (answer, reply) = oneshot::channel();
            // A writer that has stopped drops the job, and with it the sender of the answer, which tells.
            let _ = self.lane(&command).send(Job { command, origin: Origin::default(), answer }).await;
            meters().queued();
            waiting.push_back(reply);
        }
        for reply in waiting {
            answers.push(reply.await.unwrap_or_else(|_| Err(Refusal::Failed(stopped()))));
        }
        answers
    }

    fn lane(&self, command: &Command) -> &mpsc::Sender<Job> {
        let mut hasher = DefaultHasher::new();
        command.account.hash(&mut hasher);
        let lane = usize::try_from(hasher.finish() % self.lanes.len() as u64).unwrap_or(0);
        &self.lanes[lane]
    }
}

fn busy() -> AppError {
    AppError::new(Code::Unavailable, "The ledger has more waiting than it takes in; nothing was changed. Try again.")
        .with("retry_after", 1)
}

fn stopped() -> AppError {
    AppError::new(Code::Unavailable, "The ledger stopped before it answered. Ask again with the same idempotency key.")
        .with("retry_after", 1)
}

/// One writer, until everything that could send to it is gone.
async fn run(parts: Parts, mut cache: Cache, mut queue: mpsc::Receiver<Job>) {
    let mut jobs = Vec::with_capacity(BATCH);
    let mut before = 0;
    let (done, committed) = std_mpsc::channel();
    let db = parts.db.clone();
    thread::spawn(move || answer(&db, &committed));
    while queue.recv_many(&mut jobs, BATCH).await > 0 {
        gather(&mut queue, &mut jobs, before);
        before = jobs.len();
        let (commands, callers): (Vec<_>, Vec<_>) =
            jobs.drain(..).map(|job: Job| ((job.command, job.origin), job.answer)).unzip();
        meters().began_batch(commands.len());
        // A defect met in one batch does not end the writer. What the cache holds then is asked for, as after any batch
        // that failed half way.
        let Ok(answers) = AssertUnwindSafe(settle(&parts, &mut cache, &commands)).catch_unwind().await else {
            tracing::error!("a batch was abandoned; nothing of it was written");
            continue;
        };
        let _ = done.send(Batch { callers, answers });
    }
}

/// Takes up those whom the batch before has just answered and who ask again. Without this the first of them would make a
/// batch of its own, and all others wait for it. Ends when there are as many as there were, or when nobody more has come; a
/// command that comes alone after one that came alone waits for nothing.
fn gather<T>(queue: &mut mpsc::Receiver<T>, jobs: &mut Vec<T>, before: usize) {
    for _ in 0..NAPS {
        let had = jobs.len();
        if had >= before {
            return;
        }
        thread::sleep(NAP);
        jobs.extend(std::iter::from_fn(|| queue.try_recv().ok()).take(BATCH - had));
        if jobs.len() == had {
            return;
        }
    }
}

/// A batch that is committed, and may not be on the disk yet.
#[derive(Debug)]
struct Batch {
    callers: Vec<oneshot::Sender<Answer>>,
    answers: Vec<Answer>,
}

/// Answers each caller when what it asked for is on the disk, while the writer works on the next batch. All batches that
/// came while the disk was busy are synced together.
fn answer(db: &Db, committed: &std_mpsc::Receiver<Batch>) {
    while let Ok(first) = committed.recv() {
        let batches: Vec<Batch> = std::iter::once(first).chain(committed.try_iter()).collect();
        let failure = db.sync().err().map(|error| Refusal::Failed(error.into()));
        for Batch { callers, answers } in batches {
            for (caller, answer) in callers.into_iter().zip(answers) {
                let answer = failure.clone().map_or(answer, Err);
                meters().answered(&answer);
                // A caller that has gone away does not undo what is committed.
                let _ = caller.send(answer);
            }
        }
    }
}

/// Does a batch, beginning anew when another process came first.
async fn settle(parts: &Parts, cache: &mut Cache, commands: &[(Command, Origin)]) -> Vec<Answer> {
    for attempt in 1..=ATTEMPTS {
        match attempt_batch(parts, cache, commands).await {
            Ok(answers) => return answers,
            Err(error) if error.is_conflict() && attempt < ATTEMPTS => {
                tracing::debug!(%error, attempt, "another writer came first");
            }
            Err(error) => {
                let failure = Refusal::Failed(error.into());
                return commands.iter().map(|_| Err(failure.clone())).collect();
            }
        }
    }
    unreachable!("the last attempt answers")
}

async fn attempt_batch(
    parts: &Parts,
    cache: &mut Cache,
    commands: &[(Command, Origin)],
) -> Result<Vec<Answer>, StoreError> {
    let mut tx = parts.db.begin().await?;
    let now = parts.clock.now();
    let named: Vec<&Command> = commands.iter().map(|(command, _)| command).collect();
    let mut loaded = books::load(&mut tx, &named, books::Lock::Write, now, &parts.compiled, cache).await?;
    let mut answers = Vec::with_capacity(commands.len());
    let mut decisions: Vec<Decision> = Vec::new();
    let mut refusals = Vec::new();
    let mut changed = Vec::new();
    for (command, origin) in commands {
        if let Some(approving) = &origin.approval
            && let Err(refusal) = approving.begin(&mut tx, now).await?
        {
            answers.push(Err(Refusal::Failed(refusal)));
            continue;
        }
        match decide(&loaded.books, command, now, &mut || parts.ids.next(now)) {
            Ok(decision) => {
                loaded.books.apply(&decision);
                answers.push(Ok(decision.reply.clone()));
                if let Some(approving) = &origin.approval {
                    changed.push(approving.finish(&mut tx, transaction(&decision.reply), now).await?);
                }
                if !decision.steps.is_empty() {
                    changed.extend(change(command, origin, &decision));
                    decisions.push(decision);
                }
            }
            Err(rejection) => {
                refusals.extend(events::refused(command, &rejection, &loaded.books, now));
                answers.push(Err(Refusal::Rejected(rejection)));
            }
        }
    }
    if !decisions.is_empty() {
        write::save(&mut tx, &mut loaded, &decisions, now, cache).await?;
    }
    let told = parts.outbox.write_batch(&mut tx, &loaded, &decisions, refusals, now, cache).await?;
    let approved = !changed.is_empty();
    // Last, as it locks the end of the log.
    audit::record_all(&mut tx, changed, now).await?;
    if told || approved || !decisions.is_empty() {
        tx.commit_unsynced().await?;
    }
    cache.keep(loaded, &named);
    Ok(answers)
}

/// The transaction that a request became.
fn transaction(reply: &Reply) -> Option<String> {
    match reply {
        Reply::Added(added) => Some(added.transaction_id.to_string()),
        Reply::Refunded(refunded) => Some(refunded.refund_transaction_id.to_string()),
        _ => None,
    }
}

/// What the audit log is told of a decision. Grants and refunds of our own jobs have their entries; a sweep is told
/// whoever runs it.
fn change(command: &Command, origin: &Origin, decision: &Decision) -> Option<Change> {
    if command.actor.starts_with("system:") && !matches!(command.action, Action::Sweep) {
        return None;
    }
    let told = changes::of(command, decision)?;
    let subject_kind = match command.account.kind {
        AccountKind::User => AuditSubject::User,
        AccountKind::Team => AuditSubject::Team,
    };
    Some(Change {
        actor: command.actor.clone(),
        address: origin.address.clone(),
        action: told.action,
        subject_kind,
        subject: command.account.id.clone(),
        reason: told.reason,
        before: told.before,
        after: Some(told.after),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many a batch of one becomes, after one of `before`, with `waiting` in the queue.
    fn gathered(before: usize, waiting: usize) -> usize {
        let (sender, mut queue) = mpsc::channel(QUEUE);
        (0..waiting).for_each(|job| sender.try_send(job).unwrap());
        let mut jobs = vec![0];
        gather(&mut queue, &mut jobs, before);
        jobs.len()
    }

    #[test]
    fn a_batch_waits_for_those_who_come_back_and_is_never_too_large() {
        assert_eq!(gathered(10, 5), 6);
        assert_eq!(gathered(BATCH, QUEUE), BATCH);
    }

    #[test]
    fn after_a_lone_command_nobody_is_waited_for() {
        assert_eq!(gathered(1, 5), 1);
        assert_eq!(gathered(0, 5), 1);
    }
}
