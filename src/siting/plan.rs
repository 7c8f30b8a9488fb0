//! The answer: which sites, what it comes to, and how far it is proven.

use std::time::{Duration, Instant};

use super::audit::{Audit, Claim, audit};
use super::model::{Limits, Outcome, Status, Step};
use super::question::{Constraint, Model, Question, Standing};
use super::translate::{self, Kept};
use super::{capacity, center, conflict, cover, least, median, order, wishes};

/// The answer to a [`Question`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// How it ended.
    pub status: Status,
    /// The chosen sites in the order in which they are worth building.
    pub chosen: Vec<Chosen>,
    /// What the plan comes to, in units of [`Question::objective_scale`]; `None` without a plan.
    pub objective: Option<i64>,
    /// No plan is better: proven in whole numbers.
    pub bound: Option<i64>,
    /// Weight of the demands within reach of an open site.
    pub covered: i64,
    /// What the chosen sites cost together.
    pub cost: i64,
    /// What each [`Question::wishes`] came to.
    pub wishes: Vec<wishes::Granted>,
    /// Why there is no plan.
    pub conflict: Vec<conflict::Conflict>,
    /// The second opinion.
    pub audit: Audit,
}

/// A site of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chosen {
    /// Index into [`Question::sites`].
    pub site: u32,
    /// What it adds to those before it: weight covered, or cost of going saved. `None` where nothing can be compared: the first site of a
    /// question of distance, before which nobody can go anywhere.
    pub gain: Option<i64>,
}

impl Plan {
    /// How much better a plan could be at most, as a part of this one: 0 exactly when proven, `None` where it cannot be said.
    #[must_use]
    pub fn gap(&self) -> Option<f64> {
        match (self.status, self.objective, self.bound) {
            (Status::Optimal, ..) => Some(0.0),
            (Status::Open, Some(value), Some(bound)) if value != 0 => Some(bound.abs_diff(value) as f64 / value.unsigned_abs() as f64),
            _ => None,
        }
    }

    /// The chosen sites, ascending.
    #[must_use]
    pub fn sites(&self) -> Vec<u32> {
        let mut sites: Vec<u32> = self.chosen.iter().map(|chosen| chosen.site).collect();
        sites.sort_unstable();
        sites
    }
}

/// The best plan, with its proof or its true gap, and the audit's opinion of it.
///
/// ```
/// use careshed::siting::{Constraint, Limits, Lists, Model, Pairs, Question, Scale, Site, Standing, Status, solve};
///
/// // Three sites; the middle one reaches most alone, the outer two reach all together.
/// let mut reach = Lists::default();
/// for sites in [vec![0], vec![0, 1], vec![1, 2], vec![2]] {
///     reach.push(sites);
/// }
/// let site = |id: &str| Site { id: id.to_owned(), cost: 0, standing: Standing::Free };
/// let question = Question {
///     model: Model::Mclp,
///     sites: vec![site("A"), site("B"), site("C")],
///     weights: vec![10, 20, 20, 10],
///     demand_ids: Vec::new(),
///     pairs: Pairs::Reach(reach),
///     constraints: vec![Constraint::Number(2)],
///     times: 1,
///     capacity: Vec::new(),
///     priced: false,
///     wishes: Vec::new(),
///     slack: 0,
///     weight_scale: Scale::default(),
///     cost_scale: Scale::default(),
///     pair_scale: Scale::default(),
/// };
/// let plan = solve(&question, &Limits::none());
/// assert_eq!((plan.status, plan.sites(), plan.objective), (Status::Optimal, vec![0, 2], Some(60)));
/// assert!(plan.audit.passed);
/// ```
#[must_use]
pub fn solve(question: &Question, limits: &Limits<'_>) -> Plan {
    let clock = Clock::start(limits);
    let outcome = filled(question, best(question, &Kept::all(question), &clock.limits()), &clock);
    let (mut outcome, granted) = wishes::grant(question, outcome, &clock);
    if question.model == Model::Mclp && outcome.value.is_some() {
        lighten(question, &mut outcome, &granted);
    }
    finish(question, outcome, granted, &clock)
}

/// Sites that add nothing to the others, and that nothing asks for, are not built.
fn lighten(question: &Question, outcome: &mut Outcome, granted: &[wishes::Granted]) {
    let idle = order::by_worth(question, &outcome.chosen).into_iter().rev().filter(|chosen| chosen.gain == Some(0));
    for site in idle.map(|chosen| chosen.site).collect::<Vec<_>>() {
        let less: Vec<u32> = outcome.chosen.iter().copied().filter(|other| *other != site).collect();
        let (value, broken) = super::audit::look(question, &less);
        let same_wishes = granted.iter().enumerate().all(|(level, wish)| wishes::value(question, level, &less) == wish.value);
        if value == outcome.value && broken.is_empty() && same_wishes {
            outcome.chosen = less;
        }
    }
}

/// A budget that pays for no site at all: whoever asks where to build has no answer, though "nowhere" keeps everything.
#[must_use]
pub fn too_poor(question: &Question, plan: &Plan) -> Option<conflict::Conflict> {
    if question.model != Model::Mclp || !plan.chosen.is_empty() || plan.status != Status::Optimal {
        return None;
    }
    let cheapest = question.choosable().map(|site| question.sites[site as usize].cost).min()?;
    let short = |(index, constraint): (usize, &Constraint)| match constraint {
        Constraint::Budget(most) if *most < cheapest => {
            Some(conflict::Conflict { what: conflict::What::Constraint(index), have: Some(*most), need: Some(cheapest) })
        }
        _ => None,
    };
    question.constraints.iter().enumerate().find_map(short)
}

/// A least worst walk may need fewer sites than are allowed: the others go where they save most walking.
fn filled(question: &Question, outcome: Outcome, clock: &Clock<'_>) -> Outcome {
    let allowed = question.constraints.iter().find_map(|c| if let Constraint::Number(most) = c { Some(*most as usize) } else { None });
    let spare = outcome.value.is_some() && allowed.is_some_and(|most| outcome.chosen.len() < most);
    if question.model != Model::PCenter || !spare {
        return outcome;
    }
    let mut asked = Question { model: Model::PMedian, ..question.clone() };
    outcome.chosen.iter().for_each(|site| asked.sites[*site as usize].standing = Standing::Mandatory);
    let more = best(&asked, &Kept::all(&asked), &clock.beside(2, Duration::from_secs(10)));
    if more.status == Status::Optimal { Outcome { chosen: more.chosen, ..outcome } } else { outcome }
}

/// The best set of sites under some of the constraints, as a bare outcome in the question's own objective.
pub(super) fn best(question: &Question, kept: &Kept, limits: &Limits<'_>) -> Outcome {
    match question.model {
        Model::Mclp if !question.capacity.is_empty() => capacity::solve(question, kept, limits),
        Model::Mclp if has_shares(question, kept) => least::most_with_shares(question, kept, limits),
        Model::Mclp => {
            let (covering, base) = translate::most_covered(question, kept);
            shifted(&covering, base, limits)
        }
        Model::Lscp => least::cover(question, kept, limits),
        Model::PMedian => without_built(question, median::solve(&translate::distances(question, kept), limits)),
        Model::PCenter => without_built(question, center::solve(&translate::distances(question, kept), limits)),
    }
}

fn has_shares(question: &Question, kept: &Kept) -> bool {
    question.constraints.iter().zip(&kept.constraints).any(|(c, kept)| *kept && matches!(c, Constraint::Share { .. }))
}

/// Most weight covered where `base` is covered already: limits and answers speak of the whole.
pub(super) fn shifted(covering: &super::Covering, base: i64, limits: &Limits<'_>) -> Outcome {
    let watch = |step: Step| (limits.watch)(Step { value: step.value.map(|v| v + base), bound: step.bound.map(|b| b + base) });
    let inner = Limits { watch: &watch, target: limits.target.map(|t| t.saturating_sub(base)), ..*limits };
    let outcome = cover::solve(covering, &inner);
    Outcome { value: outcome.value.map(|v| v + base), bound: outcome.bound.map(|b| b + base), ..outcome }
}

/// Sites that stand already are open in a model of distance, but nobody chose them.
fn without_built(question: &Question, mut outcome: Outcome) -> Outcome {
    outcome.chosen.retain(|site| question.sites[*site as usize].standing != Standing::Built);
    outcome
}

/// Order, conflict and audit of a bare outcome.
fn finish(question: &Question, outcome: Outcome, wishes: Vec<wishes::Granted>, clock: &Clock<'_>) -> Plan {
    let found = outcome.value.is_some();
    let conflict = if outcome.status == Status::Infeasible { conflict::explain(question, clock) } else { Vec::new() };
    let claim = Claim { chosen: found.then_some(&outcome.chosen), objective: outcome.value, bound: outcome.bound };
    let audit = audit(question, claim);
    Plan {
        status: outcome.status,
        chosen: if found { order::by_worth(question, &outcome.chosen) } else { Vec::new() },
        objective: outcome.value,
        bound: outcome.bound,
        covered: if found { order::covered(question, &outcome.chosen) } else { 0 },
        cost: outcome.chosen.iter().map(|site| question.sites[*site as usize].cost).sum(),
        wishes,
        conflict,
        audit,
    }
}

/// The time that is left of the caller's limits.
pub(super) struct Clock<'a> {
    limits: Limits<'a>,
    until: Option<Instant>,
}

impl<'a> Clock<'a> {
    pub fn start(limits: &Limits<'a>) -> Self {
        Self { limits: *limits, until: limits.time.and_then(|time| Instant::now().checked_add(time)) }
    }

    /// The same limits from now on.
    pub fn limits(&self) -> Limits<'a> {
        Limits { time: self.left(), ..self.limits }
    }

    /// Time left; `None` without a limit.
    pub fn left(&self) -> Option<Duration> {
        self.until.map(|until| until.saturating_duration_since(Instant::now()))
    }

    /// Whether the time is over or somebody has said stop.
    pub fn is_over(&self) -> bool {
        (self.limits.stop)() || self.left().is_some_and(|left| left.is_zero())
    }

    /// Limits for a question beside the main one: nobody watches it, and it takes at most `part` of what is left, `most` where there is no end.
    pub fn beside(&self, parts: u32, most: Duration) -> Limits<'a> {
        let time = self.left().map_or(most, |left| (left / parts.max(1)).min(most));
        Limits { time: Some(time), watch: &|_| (), target: None, slack: 0, ..self.limits }
    }
}

/// Whether demands can go to sites at all in questions that need it: those that cannot, ascending.
#[must_use]
pub fn stranded(question: &Question) -> Vec<u32> {
    let may_serve = |site: u32| question.sites[site as usize].standing != Standing::Forbidden;
    let alone = |demand: &u32| !question.pairs.sites_of(*demand as usize).any(may_serve);
    (0..question.pairs.len() as u32).filter(alone).collect()
}
