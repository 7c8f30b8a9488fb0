//! The whole journey: files → city → streets → people → reach → coverage → verdicts → ranking.

pub mod after;
pub mod audit;
pub mod facts;
mod far;
pub(crate) mod memory;
mod offset;
pub mod others;
mod outside;
pub mod pairs;
pub mod plan;
mod rules;
mod walks;

use crate::access::two_step;
use crate::city::City;
use crate::coverage::circles::SiteCircles;
use crate::coverage::sensitivity::{self, SensitivityRow};
use crate::coverage::{self, Coverage, SiteFigures};
use crate::demand::{self, Demand};
use crate::network::Network;
use crate::network::audit::Topology;
use crate::network::reach::{Known, Reach};
use crate::policy::{self, Pack, Verdict, judge};
use crate::problem::{Code, Origin, Problem, Problems};
use crate::read::{self, demand::DemandRecords};
use crate::score::{self, Ranked};
use crate::settings::Settings;
use crate::space::LonLat;

use audit::Audit;
use walks::Walks;

/// How far along the journey a command needs to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Goal {
    /// Every problem of the inputs, as far as the inputs allow.
    Check,
    /// What norms and quotas are measured by: reach and coverage as far as the inputs allow, nothing drawn.
    Measure,
    /// The same, and which communities each site has within the walk.
    Joint,
    /// Who is covered.
    Cover,
    /// Which candidates deserve to be declared.
    Rank,
    /// Which candidates to build together.
    Plan,
}

/// Told what a long run is doing, so that a terminal, a notebook or a server can show it.
pub trait Watch: Sync {
    /// A step begins, and the one before it has ended: `read` (tables and streets at once), `demand`, `snap`, `reach`, `coverage`, `rank`, `draw`, `write`.
    fn step(&self, name: &'static str);

    /// Something about the run that a curious person may want to know: a word of the catalogue and its placeholders.
    fn note(&self, _word: &'static str, _with: &[(&str, &str)]) {}
}

/// Watches nothing.
pub struct Unwatched;

impl Watch for Unwatched {
    fn step(&self, _: &'static str) {}
}

/// The whole journey. With an error among the inputs there are no findings, only the list of everything that is wrong.
pub fn explore(settings: Settings, goal: Goal, watch: &dyn Watch) -> Result<Findings, Problems> {
    let mut problems = Problems::default();
    watch.step("read");
    let packs = load_packs(&settings, &mut problems);
    memory::weigh_files(&settings, &mut problems);
    if problems.has_errors() {
        return Err(problems);
    }
    let (tables, streets) = rayon::join(|| read_tables(&settings), || read_streets(&settings, goal));
    let (city, records, found) = tables;
    problems.extend(found);
    let (network, topology, found) = streets;
    problems.extend(found);
    policy::overrides::check(&packs, &subjects(&city), &settings, &mut problems);
    require(goal, &settings, &mut problems);
    say_assumptions(&settings, &mut problems);
    let samples = offset::samples(records.as_ref());
    if problems.has_errors() {
        if goal == Goal::Check {
            watch.step("audit");
            despite_errors(&settings, &city, records, &samples, network.as_ref().zip(topology.as_ref()), &mut problems);
        }
        return Err(problems);
    }

    watch.step("demand");
    let demand = demand::place(&settings, &city, records, &mut problems);
    far::look(&city, &demand, network.as_ref(), &mut problems);
    if goal >= Goal::Cover && demand.leading_group().is_none() {
        // Points alone are enough for a matrix; a coverage of nobody would be an empty table that looks like an answer.
        problems.push(Problem::new(Code::E_NEED).field("elderly_60").with("hint", "elderly_60 | population | households | weight"));
    }
    watch.step("snap");
    let walks = Walks::new(&settings, &city, &demand, network.as_ref(), &mut problems);
    if problems.has_errors() {
        return Err(problems);
    }
    let walked = (goal == Goal::Plan && settings.plan.model().is_of_distance()).then(|| settings.plan.farthest());
    let farthest = settings.farthest().max(walked.map_or(settings.farthest(), |time| settings.speed.reach(time)));
    let mut reach = walks.reach(farthest);
    if let Err(problem) = memory::divide(&settings, &city, &demand, network.as_ref(), &mut reach) {
        problems.push(*problem);
        return Err(problems);
    }
    let (at_a_time, sites) = (reach.at_a_time(), reach.known().site_count());
    if at_a_time < sites {
        watch.note("note.parts", &[("parts", &sites.div_ceil(at_a_time).to_string()), ("sites", &at_a_time.to_string())]);
    }
    watch.step("reach");
    reach.search();
    watch.step("coverage");
    if let Some(network) = &network {
        offset::look(&settings, &city, &samples, network, &mut problems);
    }
    let counts_as = counting_kinds(&packs);
    say_what_does_not_count(&city, counts_as.as_deref(), &mut problems);
    let nearest = walks.nearest(&coverage::supply::counting(&city, counts_as.as_deref()));
    let mut coverage = coverage::cover(&settings, &city, &demand, &reach, nearest, counts_as.as_deref());
    let norm = two_step::norm_in_reach(&settings, &city, &demand, &reach, &coverage, &mut problems);
    coverage.add_norm(&norm);
    let sensitivity = (settings.sensitivity && goal >= Goal::Cover).then(|| {
        watch.step("sensitivity");
        sensitivity::surface(&settings, &city, &demand, walks.snap_layers(sensitivity::snaps(&settings), &coverage.counting))
    });

    watch.step("rank");
    let mut figures = coverage::figures(&settings, &city, &demand, &reach, &coverage, &norm);
    walks.outside_shares(&mut coverage, &mut figures, &mut problems);
    let facility_pairs = (goal == Goal::Plan && settings.plan.capacity.is_some())
        .then(|| pairs::of_facilities(&settings, &demand, &reach, &coverage.counting));
    let pairs = match (goal == Goal::Plan).then(|| pairs::gather(&settings, &city, &demand, &reach, walked)).transpose() {
        Ok(pairs) => pairs,
        Err(count) => {
            let problem = Problem::new(Code::E_LIMIT).field("plan.farthest").value(settings.plan.farthest());
            problems.push(problem.why("@why.plan.pairs").with("pairs", count).with("hint", "@why.plan.pairs.hint"));
            return Err(problems);
        }
    };
    let packs = judge_and_rank(packs, &settings, &city, &coverage, &figures);
    if goal == Goal::Check {
        for found in &packs {
            problems.extend(judge::problems(&found.pack, &found.verdicts, &city));
        }
        rules::check(&settings, &packs.iter().map(|found| &found.pack).collect::<Vec<_>>(), &city, &mut problems);
    }
    let audit = network.as_ref().zip(topology).map(|(network, topology)| {
        watch.step("audit");
        Audit::of(&settings, &city, &demand, network, &topology, &walks, &mut problems)
    });
    let near = (goal == Goal::Joint).then(|| coverage::joint::near(&settings, &city, &demand, &reach, &coverage));
    // The pairs are no longer needed: drawings have their room.
    let reach = reach.into_known();
    watch.step("draw");
    let (streets, reached) = if goal < Goal::Cover { Default::default() } else { walks.drawings(&packs) };
    let circles = if goal < Goal::Cover { Vec::new() } else { walks.circles(&packs) };
    let on_streets = walks.on_streets();
    drop(walks);
    Ok(Findings {
        settings,
        city,
        demand,
        reach,
        on_streets,
        coverage,
        near,
        figures,
        pairs,
        facility_pairs,
        sensitivity,
        audit,
        packs,
        problems,
        streets,
        reached,
        circles,
    })
}

/// What can be said of streets and places although something else is wrong, so that a person need not mend twice.
fn despite_errors(
    settings: &Settings,
    city: &City,
    records: Option<DemandRecords>,
    samples: &[offset::Sample],
    streets: Option<(&Network, &Topology)>,
    problems: &mut Problems,
) {
    // What follows from a broken table (people who do not add up, communities without points) is no finding of its own.
    const OF_STREETS: [Code; 6] =
        [Code::W_SNAP, Code::W_CRS_OFFSET, Code::W_OUTSIDE, Code::W_LOOSE_END, Code::W_SNAP_COMMUNITY, Code::W_ISLAND];
    let mut found = Problems::default();
    let demand = demand::place(settings, city, records, &mut found);
    if found.has_errors() {
        return;
    }
    far::look(city, &demand, streets.map(|(network, _)| network), &mut found);
    if let Some((network, topology)) = streets {
        let walks = Walks::new(settings, city, &demand, Some(network), &mut found);
        offset::look(settings, city, samples, network, &mut found);
        Audit::of(settings, city, &demand, network, topology, &walks, &mut found);
    }
    found.retain(|p| OF_STREETS.contains(&p.code));
    problems.extend(found);
}

/// W-KIND, once, for facilities whose kind no chosen pack counts: known words, nothing to mend, but worth knowing.
fn say_what_does_not_count(city: &City, counts_as: Option<&[String]>, problems: &mut Problems) {
    let Some(counts_as) = counts_as else { return };
    let known = crate::read::vocabulary::built_in();
    let mut kinds: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    let mut first = None;
    for f in &city.facilities {
        let Some(kind) = f.kind.as_deref() else { continue };
        if known.facility_kind.key(kind).is_some() && !counts_as.iter().any(|k| k == kind) {
            *kinds.entry(kind).or_default() += 1;
            first.get_or_insert(&f.origin);
        }
    }
    let Some(first) = first else { return };
    let whole = Origin { row: None, feature: None, ..first.clone() };
    let listed: Vec<String> = kinds.into_iter().map(|(kind, n)| format!("{kind} × {n}")).collect();
    let problem = Problem::new(Code::W_KIND).at(&whole).field("kind").value(listed.join("、")).why("@why.kind.not_counted");
    problems.push(problem.with("allowed", counts_as.join(" / ")).as_note());
}

/// Tables and layers: the city, and the demand file as it stands.
fn read_tables(settings: &Settings) -> (City, Option<DemandRecords>, Problems) {
    let mut problems = Problems::default();
    let city = read::city::read(settings, &mut problems);
    let records = read::demand::read(settings, &city, &mut problems);
    (city, records, problems)
}

/// The streets, meanwhile.
fn read_streets(settings: &Settings, goal: Goal) -> (Option<Network>, Option<Topology>, Problems) {
    let mut problems = Problems::default();
    if goal == Goal::Check {
        let (network, topology) = Network::read_for_audit(settings, &mut problems).unzip();
        return (network, topology, problems);
    }
    (Network::read(settings, &mut problems), None, problems)
}

/// The chosen packs; a relative path starts from the study's folder.
fn load_packs(settings: &Settings, problems: &mut Problems) -> Vec<Pack> {
    let mut packs: Vec<Pack> = settings.policies.iter().filter_map(|id| Pack::load(id, &settings.base, problems)).collect();
    if packs.len() == settings.policies.len() {
        policy::choose_set(&mut packs, settings, problems);
        policy::in_time(&packs, settings.as_of, problems);
        score::weights::check(&packs, settings, problems);
    }
    packs
}

/// The kinds of facility that count under any chosen pack; `None` without packs: every kind counts.
fn counting_kinds(packs: &[Pack]) -> Option<Vec<String>> {
    (!packs.is_empty()).then(|| {
        let mut kinds: Vec<String> = packs.iter().flat_map(|p| p.counts_as.iter().cloned()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    })
}

/// The ids of everything that a rule may speak of.
fn subjects(city: &City) -> Vec<&str> {
    let candidates = city.candidates.iter().map(|c| c.id.as_str()).chain(city.communities.iter().map(|c| c.code.as_str()));
    let others = city.estates.iter().map(|e| e.code.as_str()).chain(city.counties.iter().map(|c| c.code.as_str()));
    candidates.chain(others).chain(city.facilities.iter().map(|f| f.id.as_str())).collect()
}

/// What a command cannot do without.
fn require(goal: Goal, settings: &Settings, problems: &mut Problems) {
    let inputs = &settings.inputs;
    let mut need = |missing: bool, what: &str, hint: &str| {
        if missing {
            problems.push(Problem::new(Code::E_NEED).field(what).with("hint", hint));
        }
    };
    if goal >= Goal::Cover {
        need(inputs.facilities.is_empty(), "facilities", "--facilities facilities.csv");
        let people = [&inputs.demand, &inputs.communities, &inputs.estates];
        need(people.iter().all(|list| list.is_empty()), "demand", "--communities communities.geojson | --demand buildings.csv");
    }
    if goal >= Goal::Rank {
        need(inputs.candidates.is_empty(), "candidates", "--candidates candidates.csv");
    }
    if goal == Goal::Rank {
        need(settings.policies.is_empty(), "policies", "--policies shanxi-2023");
    }
}

/// What the reader must know before believing a number.
fn say_assumptions(settings: &Settings, problems: &mut Problems) {
    if let Some(written) = &settings.speed_rounded_from {
        problems.push(Problem::new(Code::W_SPEED).field("walking.speed").value(written).with("speed", settings.speed));
    }
    if settings.inputs.network.is_empty() {
        problems.push(Problem::new(Code::W_STRAIGHT).field("network").value(settings.detour));
    }
}

/// Verdicts and ranking of every pack, side by side.
fn judge_and_rank(packs: Vec<Pack>, settings: &Settings, city: &City, coverage: &Coverage, figures: &[SiteFigures]) -> Vec<PackFindings> {
    let facts = facts::of_candidates(city, settings, coverage, figures);
    let subjects: Vec<(&str, &_)> = city.candidates.iter().map(|c| c.id.as_str()).zip(&facts).collect();
    packs
        .into_iter()
        .map(|pack| {
            let verdicts = judge::judge(&pack, &subjects, judge::Stand::of(settings));
            let ranking = score::rank::rank(&pack, &facts, &verdicts, settings, city);
            let others = others::judge(&pack, city, settings, coverage);
            PackFindings { pack, ranking, verdicts, others }
        })
        .collect()
}

/// Everything a run found: what reports are written from. No report calculates anything.
#[derive(Debug)]
pub struct Findings {
    /// As resolved.
    pub settings: Settings,
    /// What is there.
    pub city: City,
    /// Where people live.
    pub demand: Demand,
    /// Which sites (facilities `0..F`, then candidates `F..F+C`) and demand points the streets know.
    pub reach: Known,
    /// Whether walks follow streets; without a network they are straight lines × detour and every table is stamped.
    pub on_streets: bool,
    /// Who is covered.
    pub coverage: Coverage,
    /// Which communities each site has within the walk; `None` where nobody asked.
    pub near: Option<Vec<coverage::joint::Near>>,
    /// What each candidate would add, in file order.
    pub figures: Vec<SiteFigures>,
    /// Who reaches which candidate; `None` where no plan was asked for.
    pub pairs: Option<pairs::CandidatePairs>,
    /// For each demand point, which counting facilities reach it; `None` where no plan asks for what they can take.
    pub facility_pairs: Option<crate::siting::Lists<u32>>,
    /// Coverage over speeds, limits and snap distances; `None` where nobody asked.
    pub sensitivity: Option<Vec<SensitivityRow>>,
    /// What `check` finds about the streets; `None` for other commands and without streets.
    pub audit: Option<Audit>,
    /// For each chosen pack, in order: verdicts and ranking.
    pub packs: Vec<PackFindings>,
    /// Problems of the inputs.
    pub problems: Problems,
    /// The streets, as drawn on maps; empty without a network.
    pub streets: Vec<Street>,
    /// For each candidate, in file order: the pieces of street it reaches. May be empty or shorter, when nobody asked for them.
    pub reached: Vec<Vec<ReachedStreet>>,
    /// The circles of facilities `0..F`, then candidates `F..F+C`; `None` where the reach is unknown or the site is one of too many to
    /// draw. May be empty, when nobody asked for them.
    pub circles: Vec<Option<SiteCircles>>,
}

/// A street as it is drawn: no part of any calculation.
#[derive(Debug, Clone, PartialEq)]
pub struct Street {
    /// Its course.
    pub line: Vec<LonLat>,
    /// 0 main road, 1 collector, 2 local street, 3 path, steps and the rest: how far out a map still shows it.
    pub class: u8,
}

/// A piece of street that a site reaches, cut where the time ends.
#[derive(Debug, Clone, PartialEq)]
pub struct ReachedStreet {
    /// Its course.
    pub line: Vec<LonLat>,
    /// Index into [`Settings::bands`]: the smallest band within which all of the piece is reached.
    pub band: u8,
}

/// One pack's view of the candidates.
#[derive(Debug)]
pub struct PackFindings {
    /// The pack.
    pub pack: Pack,
    /// Candidates in rank order, ineligible ones last.
    pub ranking: Vec<Ranked>,
    /// Every verdict on a candidate, by subject then rule.
    pub verdicts: Vec<Verdict>,
    /// Those on communities, estates, counties and facilities, in this order, by subject then rule.
    pub others: Vec<Verdict>,
}
