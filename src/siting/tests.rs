//! Questions as people ask them, small enough that the audit can try every plan.

use proptest::prelude::*;

use super::*;

/// A question of up to eight sites and ten demands with every kind of constraint.
fn question(model: Model) -> impl Strategy<Value = Question> {
    let sites = 1..8_usize;
    sites.prop_flat_map(move |n| {
        let standing = prop_oneof![
            6 => Just(Standing::Free),
            1 => Just(Standing::Built),
            1 => Just(Standing::Mandatory),
            1 => Just(Standing::Forbidden),
        ];
        let all: Vec<u32> = (0..n as u32).collect();
        let demand = (0..20_i64, prop::sample::subsequence(all.clone(), 0..=n), prop::collection::vec(0..30_i64, n));
        let some = move || prop::sample::subsequence(all.clone(), 0..=n);
        let sense = prop_oneof![Just(Sense::Exactly), Just(Sense::AtMost), Just(Sense::AtLeast)];
        let constraint = prop_oneof![
            (1..n as u32 + 1).prop_map(Constraint::Number),
            (0..40_i64).prop_map(Constraint::Budget),
            (some(), sense, 0..3_u32).prop_map(|(sites, sense, number)| Constraint::Quota { unit: "县".into(), sites, sense, number }),
            (0..n as u32, 0..n as u32).prop_filter("two sites", |(a, b)| a != b).prop_map(|(a, b)| Constraint::Exclusive(a, b)),
            some().prop_map(Constraint::OneOf),
        ];
        let constraint = if n == 1 { (1..2_u32).prop_map(Constraint::Number).boxed() } else { constraint.boxed() };
        let constraints = prop::collection::vec(constraint, 0..4);
        let demands = prop::collection::vec(demand, 1..10);
        (prop::collection::vec((0..20_i64, standing), n), demands, constraints, any::<bool>()).prop_map(
            move |(sites, demands, constraints, priced)| {
                let mut reach = Lists::default();
                let mut costs = Lists::default();
                for (_, list, cost) in &demands {
                    reach.push(list.iter().copied());
                    costs.push(list.iter().map(|site| (*site, cost[*site as usize])));
                }
                let distance = matches!(model, Model::PMedian | Model::PCenter);
                Question {
                    model,
                    sites: sites
                        .iter()
                        .enumerate()
                        .map(|(k, (cost, standing))| Site { id: format!("S{k}"), cost: *cost, standing: *standing })
                        .collect(),
                    weights: demands.iter().map(|(weight, ..)| *weight).collect(),
                    demand_ids: Vec::new(),
                    pairs: if distance { Pairs::Costs(costs) } else { Pairs::Reach(reach) },
                    constraints,
                    times: 1,
                    priced,
                    wishes: Vec::new(),
                    slack: 0,
                    weight_scale: Scale::default(),
                    cost_scale: Scale::default(),
                    pair_scale: Scale::default(),
                }
            },
        )
    })
}

/// The audit has tried every plan, so a question that it passes is answered rightly; what is left is that it was proven at all.
fn answered(question: &Question) {
    let plan = solve(question, &Limits::none());
    assert!(plan.audit.tried_all);
    assert_eq!(plan.audit.findings, [""; 0], "{question:?} {plan:?}");
    match plan.status {
        Status::Optimal => assert_eq!(plan.objective, plan.bound),
        Status::Infeasible => explained(question, &plan),
        Status::Open => panic!("not proven: {question:?}"),
    }
}

/// Without any one of its members a plan exists; with all of them none does.
fn explained(question: &Question, plan: &Plan) {
    assert!(!plan.conflict.is_empty(), "{question:?}");
    for one in &plan.conflict {
        let What::Constraint(index) = one.what else { continue };
        if plan.conflict.len() == 1 && matches!(question.constraints[index], Constraint::Quota { .. }) {
            // A quota may be short by itself whatever else is asked.
            continue;
        }
        let kept: Vec<usize> = plan.conflict.iter().filter_map(|c| if let What::Constraint(k) = c.what { Some(k) } else { None }).collect();
        let everyone = plan.conflict.iter().any(|c| c.what == What::Everyone);
        let mut less = question.clone();
        less.constraints = kept.iter().filter(|k| **k != index).map(|k| question.constraints[*k].clone()).collect();
        let share = less.constraints.iter().any(|c| matches!(c, Constraint::Share { .. }));
        if !everyone && !share {
            less.model = Model::Mclp;
            less.pairs = Pairs::Reach({
                let mut none = Lists::default();
                (0..question.pairs.len()).for_each(|_| none.push([]));
                none
            });
        }
        let free = |what| !plan.conflict.iter().any(|c| c.what == what);
        for site in &mut less.sites {
            let loose = site.standing == Standing::Mandatory && free(What::Mandatory)
                || site.standing == Standing::Forbidden && free(What::Forbidden);
            if loose {
                site.standing = Standing::Free;
            }
        }
        let again = solve(&less, &Limits::none());
        let quotas = plan
            .conflict
            .iter()
            .all(|c| matches!(c.what, What::Constraint(k) if matches!(question.constraints[k], Constraint::Quota { .. })));
        assert!(quotas || again.status == Status::Optimal, "{question:?} {:?}", plan.conflict);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn most_covered_is_what_trying_all_plans_gives(question in question(Model::Mclp)) {
        answered(&question);
    }

    #[test]
    fn a_first_and_a_second_site_in_reach_are_what_trying_all_plans_gives(question in question(Model::Mclp)) {
        answered(&Question { times: 2, ..question });
    }

    #[test]
    fn least_cost_is_what_trying_all_plans_gives(question in question(Model::Lscp)) {
        answered(&question);
    }

    #[test]
    fn least_walking_is_what_trying_all_plans_gives(question in question(Model::PMedian)) {
        answered(&question);
    }

    #[test]
    fn least_worst_walk_is_what_trying_all_plans_gives(question in question(Model::PCenter)) {
        answered(&question);
    }

    #[test]
    fn a_share_of_all_is_covered_at_least_cost(mut question in question(Model::Lscp), parts in 1..11_u64) {
        question.constraints.push(Constraint::Share { unit: String::new(), demands: Vec::new(), parts, whole: 10 });
        answered(&question);
    }

    #[test]
    fn the_most_with_a_share_of_all_keeps_it(mut question in question(Model::Mclp), parts in 1..11_u64) {
        question.constraints.push(Constraint::Share { unit: String::new(), demands: Vec::new(), parts, whole: 10 });
        answered(&question);
    }

    /// What the prices of two units cannot close stays a gap; but nothing claimed may be wrong.
    #[test]
    fn shares_of_two_units_are_kept_and_bounded(mut question in question(Model::Lscp), parts in 1..10_u64) {
        let half = question.pairs.len() as u32 / 2;
        let share = |demands: std::ops::Range<u32>| Constraint::Share { unit: "街道".into(), demands: demands.collect(), parts, whole: 10 };
        if half > 0 {
            question.constraints.extend([share(0..half), share(half..question.pairs.len() as u32)]);
            let plan = solve(&question, &Limits::none());
            prop_assert_eq!(plan.audit.findings, [""; 0]);
        }
    }

    #[test]
    fn one_site_more_never_covers_less(question in question(Model::Mclp), n in 1..6_u32) {
        let with = |n| {
            let mut asked = question.clone();
            asked.constraints = vec![Constraint::Number(n)];
            asked.sites.iter_mut().filter(|s| s.standing == Standing::Mandatory).for_each(|s| s.standing = Standing::Free);
            solve(&asked, &Limits::none()).objective
        };
        prop_assert!(with(n) <= with(n + 1));
    }
}

/// Sites of a row of houses: A reaches 1 and 2, B reaches 2 and 3, C reaches 3 and 4.
fn row_of_houses() -> Question {
    let mut reach = Lists::default();
    for sites in [vec![0], vec![0, 1], vec![1, 2], vec![2]] {
        reach.push(sites);
    }
    let site = |id: &str| Site { id: id.to_owned(), cost: 100, standing: Standing::Free };
    Question {
        model: Model::Mclp,
        sites: vec![site("A"), site("B"), site("C")],
        weights: vec![10, 20, 20, 10],
        demand_ids: Vec::new(),
        pairs: Pairs::Reach(reach),
        constraints: vec![Constraint::Number(2)],
        times: 1,
        priced: false,
        wishes: Vec::new(),
        slack: 0,
        weight_scale: Scale::default(),
        cost_scale: Scale::default(),
        pair_scale: Scale::default(),
    }
}

#[test]
fn among_plans_that_cover_as_much_a_wish_decides() {
    // One site: A covers 30, B covers 40, C covers 30. Weights changed so that all three cover 30.
    let mut question = row_of_houses();
    question.constraints = vec![Constraint::Number(1)];
    question.weights = vec![15, 15, 15, 15];
    let mut wanted = Lists::default();
    wanted.push([2]);
    question.wishes = vec![Wish { name: "没有项目的县".into(), reached_by: wanted, weights: vec![1], scale: Scale::default() }];
    let plan = solve(&question, &Limits::none());
    assert_eq!((plan.sites(), plan.objective), (vec![2], Some(30)));
    assert_eq!((plan.wishes[0].value, plan.wishes[0].proven), (1, true));
}

#[test]
fn the_next_plans_come_in_order_and_a_site_left_out_knows_what_it_lacks() {
    let question = row_of_houses();
    let plan = solve(&question, &Limits::none());
    assert_eq!((plan.sites(), plan.objective), (vec![0, 2], Some(60)));
    let next = runner_ups(&question, &plan, 5, &Limits::none());
    let found: Vec<(Vec<u32>, i64, bool)> = next.into_iter().map(|r| (r.chosen, r.objective, r.proven)).collect();
    assert_eq!(found[0], (vec![0, 1], 50, true));
    assert_eq!(found[1], (vec![1, 2], 50, true));
    let reserve = reserve(&Question { constraints: vec![Constraint::Number(1)], ..question.clone() }, &plan, 3, &Limits::none());
    assert!(reserve.is_empty(), "two sites cover all, nobody adds anything");
    let one = Question { constraints: vec![Constraint::Number(1)], ..question };
    let plan = solve(&one, &Limits::none());
    assert_eq!(plan.sites(), [1]);
    let short: Vec<(u32, i64, Option<i64>)> =
        super::reserve(&one, &plan, 3, &Limits::none()).iter().map(|r| (r.site, r.gain, r.short)).collect();
    assert_eq!(short, [(0, 10, Some(10)), (2, 10, Some(10))]);
}

#[test]
fn the_curve_rises_with_the_number_of_sites() {
    let points = curve(&row_of_houses(), 3, &Limits::none());
    let found: Vec<(i64, i64, bool)> = points.iter().map(|p| (p.at, p.objective, p.optimal)).collect();
    assert_eq!(found, [(1, 40, true), (2, 60, true), (3, 60, true)]);
}

#[test]
fn a_budget_too_small_says_by_how_much() {
    let mut question = row_of_houses();
    question.constraints =
        vec![Constraint::Budget(120), Constraint::Share { unit: String::new(), demands: Vec::new(), parts: 1, whole: 1 }];
    let plan = solve(&question, &Limits::none());
    assert_eq!(plan.status, Status::Infeasible);
    let found: Vec<(What, Option<i64>, Option<i64>)> = plan.conflict.iter().map(|c| (c.what, c.have, c.need)).collect();
    assert_eq!(found, [(What::Constraint(0), Some(120), Some(200)), (What::Constraint(1), Some(1_000_000), Some(666_666))]);
}
