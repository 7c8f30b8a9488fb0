//! Conditions of a pack: CEL, judged with three-valued logic.
//!
//! A condition is parsed by the `cel` crate once. Its `&&`, `||`, `!` and `?:` are kept as a tree of ours, evaluated after Kleene:
//! a part whose field is missing is *unknown*; `false && unknown` is false, `true || unknown` is true, and what stays unknown names
//! the fields that kept it so. Every other part is a leaf which CEL evaluates, and only when all of its fields are known. So a rule
//! fails only if it fails whatever the missing fields were. (The converse is not sought: `x > 5.0 && x < 3.0` with `x` missing is
//! unknown, since each part is looked at alone.)
//!
//! Fields, words and types are checked at load: every leaf is tried once on sample values.

use std::sync::{Arc, LazyLock};

use cel::common::ast::{Expr, LiteralValue, operators};
use cel::{Context, Env, ExecutionError, IdedExpr, Program, Value as CelValue};
use jiff::{ToSpan, civil::Date};

use super::facts::{FIELDS, Facts, FieldId, Kind, Value};

/// What a condition says of one subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It holds, or it does not.
    Known(bool),
    /// It depends on these fields, in the order in which the condition names them.
    Unknown(Vec<FieldId>),
}

/// What a condition must yield.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Yields {
    /// True or false: `require`, `when`, `warn_unless`.
    Truth,
    /// A number, or true and false as 1 and 0: `fact` of a criterion.
    Number,
}

/// What is wrong with a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flaw {
    /// CEL cannot read it. The line counts from 0 inside the condition.
    Syntax {
        /// Line inside the condition, from 0.
        line: usize,
        /// What the parser says.
        reason: String,
    },
    /// No such field.
    Field {
        /// As written.
        name: String,
        /// The nearest known name.
        guess: Option<&'static str>,
    },
    /// A word that its field can never hold.
    Word {
        /// The field.
        field: &'static str,
        /// As written.
        word: String,
        /// The words it can hold.
        known: &'static [&'static str],
    },
    /// Types do not fit.
    Type {
        /// What CEL says.
        reason: String,
    },
}

/// A condition, parsed and checked.
#[derive(Debug, Clone)]
pub struct Condition {
    source: String,
    root: Node,
    fields: Vec<FieldId>,
}

#[derive(Debug, Clone)]
enum Node {
    And(Box<[Node; 2]>),
    Or(Box<[Node; 2]>),
    Not(Box<Node>),
    If(Box<[Node; 3]>),
    Leaf(Leaf),
}

#[derive(Debug, Clone)]
struct Leaf {
    expr: Arc<IdedExpr>,
    fields: Vec<FieldId>,
}

/// Building the standard environment costs more than a thousand evaluations, so all share one.
static ENV: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(Env::stdlib()));

/// A context that answers from `facts`; one serves all conditions of a subject.
pub fn context(facts: &Facts) -> Context<'_, '_> {
    let mut context = Context::with_env(Arc::clone(&ENV));
    context.set_variable_resolver(facts);
    context.add_function("years_after", years_after).expect("no overload of CEL has this name");
    context
}

/// `years_after(day, 5.0)`: the ISO day that many whole years later.
fn years_after(day: Arc<String>, years: f64) -> Result<CelValue, ExecutionError> {
    let later = (years.abs() <= 1000.0).then_some(years as i64).zip(day.parse::<Date>().ok());
    let later = later.and_then(|(years, day)| day.checked_add(years.years()).ok());
    let later = later.ok_or_else(|| ExecutionError::function_error("years_after", "takes a day and a number of years"))?;
    Ok(CelValue::String(Arc::new(later.to_string())))
}

impl Condition {
    /// Parses and checks a condition; all of its flaws at once.
    pub fn parse(source: &str, yields: Yields) -> Result<Condition, Vec<Flaw>> {
        let program = Program::compile(source).map_err(|errors| {
            // The parser lists every token it would have taken, which helps nobody.
            let reason = |msg: &str| msg.split(" expecting ").next().unwrap_or(msg).trim_start_matches("Syntax error: ").to_owned();
            let flaw = |e: &cel::ParseError| Flaw::Syntax { line: (e.pos.0 - 1).max(0) as usize, reason: reason(&e.msg) };
            errors.errors.iter().map(flaw).collect::<Vec<_>>()
        })?;
        let mut reader = Reader { flaws: Vec::new(), bound: Vec::new(), fields: Vec::new() };
        let root = reader.node(program.expression());
        if reader.flaws.is_empty() {
            try_out(&root, yields, &mut reader.flaws);
        }
        let Reader { flaws, fields, .. } = reader;
        if flaws.is_empty() { Ok(Condition { source: source.to_owned(), root, fields }) } else { Err(flaws) }
    }

    /// As written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The fields it names, in order, each once.
    pub fn fields(&self) -> &[FieldId] {
        &self.fields
    }

    /// The parts joined by the outermost `&&`, as CEL read them, each with whether it is negated: for printing thresholds.
    pub(super) fn parts(&self) -> Option<Vec<(bool, &IdedExpr)>> {
        fn walk<'a>(node: &'a Node, into: &mut Vec<(bool, &'a IdedExpr)>) -> bool {
            let (negated, node) = match node {
                Node::Not(inner) => (true, &**inner),
                other => (false, other),
            };
            match node {
                Node::And(both) if !negated => both.iter().all(|n| walk(n, into)),
                Node::Leaf(leaf) => {
                    into.push((negated, &leaf.expr));
                    true
                }
                _ => false,
            }
        }
        let mut parts = Vec::new();
        walk(&self.root, &mut parts).then_some(parts)
    }

    /// Judges it. `context` must have been made from the same facts.
    pub fn judge(&self, facts: &Facts, context: &Context) -> Answer {
        truth(&self.root, facts, context)
    }

    /// Its number (true is 1, false is 0), or the fields that keep it unknown.
    pub fn measure(&self, facts: &Facts, context: &Context) -> Result<f64, Vec<FieldId>> {
        measure(&self.root, facts, context)
    }
}

fn truth(node: &Node, facts: &Facts, context: &Context) -> Answer {
    use Answer::{Known, Unknown};
    match node {
        Node::And(both) => dominated(both, false, facts, context),
        Node::Or(both) => dominated(both, true, facts, context),
        Node::Not(inner) => match truth(inner, facts, context) {
            Known(b) => Known(!b),
            unknown => unknown,
        },
        Node::If(three) => match truth(&three[0], facts, context) {
            Known(true) => truth(&three[1], facts, context),
            Known(false) => truth(&three[2], facts, context),
            Unknown(fields) => match (truth(&three[1], facts, context), truth(&three[2], facts, context)) {
                (Known(a), Known(b)) if a == b => Known(a),
                (a, b) => Unknown([a, b].into_iter().fold(fields, |all, branch| match branch {
                    Unknown(more) => union(all, more),
                    Known(_) => all,
                })),
            },
        },
        Node::Leaf(leaf) => match evaluate(leaf, facts, context) {
            Ok(CelValue::Bool(b)) => Known(b),
            Ok(_) => Unknown(leaf.fields.clone()),
            Err(fields) => Unknown(fields),
        },
    }
}

/// `&&` is settled by a false, `||` by a true, whatever the other side is.
fn dominated(both: &[Node; 2], settles: bool, facts: &Facts, context: &Context) -> Answer {
    let first = truth(&both[0], facts, context);
    if first == Answer::Known(settles) {
        return first;
    }
    let second = truth(&both[1], facts, context);
    match (first, second) {
        (_, Answer::Known(b)) if b == settles => Answer::Known(settles),
        (Answer::Unknown(a), Answer::Unknown(b)) => Answer::Unknown(union(a, b)),
        (Answer::Unknown(a), _) | (_, Answer::Unknown(a)) => Answer::Unknown(a),
        _ => Answer::Known(!settles),
    }
}

fn measure(node: &Node, facts: &Facts, context: &Context) -> Result<f64, Vec<FieldId>> {
    match node {
        Node::If(three) => match truth(&three[0], facts, context) {
            Answer::Known(true) => measure(&three[1], facts, context),
            Answer::Known(false) => measure(&three[2], facts, context),
            Answer::Unknown(fields) => match (measure(&three[1], facts, context), measure(&three[2], facts, context)) {
                (Ok(a), Ok(b)) if a == b => Ok(a),
                (a, b) => Err([a, b].into_iter().filter_map(Result::err).fold(fields, union)),
            },
        },
        Node::Leaf(leaf) => match evaluate(leaf, facts, context)? {
            CelValue::Float(n) if n.is_finite() => Ok(n),
            CelValue::Int(n) => Ok(n as f64),
            CelValue::UInt(n) => Ok(n as f64),
            CelValue::Bool(b) => Ok(f64::from(u8::from(b))),
            _ => Err(leaf.fields.clone()),
        },
        _ => match truth(node, facts, context) {
            Answer::Known(b) => Ok(f64::from(u8::from(b))),
            Answer::Unknown(fields) => Err(fields),
        },
    }
}

/// A leaf is evaluated only when all of its fields are known; a value that CEL cannot work with (a division by zero) is unknown.
fn evaluate(leaf: &Leaf, facts: &Facts, context: &Context) -> Result<CelValue, Vec<FieldId>> {
    let missing = leaf.fields.iter().filter(|f| facts.get(**f).is_none()).flat_map(|f| facts.missing(*f));
    let missing = missing.fold(Vec::new(), |all, field| union(all, vec![field]));
    if !missing.is_empty() {
        return Err(missing);
    }
    CelValue::resolve(&leaf.expr, context).map_err(|_| leaf.fields.clone())
}

fn union(mut all: Vec<FieldId>, more: Vec<FieldId>) -> Vec<FieldId> {
    for field in more {
        if !all.contains(&field) {
            all.push(field);
        }
    }
    all
}

/// Evaluates every leaf on sample values, so that a slip of type is found at load and not for the first candidate that meets it.
fn try_out(node: &Node, yields: Yields, flaws: &mut Vec<Flaw>) {
    match node {
        Node::And(both) | Node::Or(both) => both.iter().for_each(|n| try_out(n, Yields::Truth, flaws)),
        Node::Not(inner) => try_out(inner, Yields::Truth, flaws),
        Node::If(three) => {
            try_out(&three[0], Yields::Truth, flaws);
            three[1..].iter().for_each(|n| try_out(n, yields, flaws));
        }
        Node::Leaf(leaf) => {
            let facts = samples();
            let reason = match CelValue::resolve(&leaf.expr, &context(&facts)) {
                Ok(CelValue::Bool(_)) => return,
                Ok(CelValue::Float(_) | CelValue::Int(_) | CelValue::UInt(_)) if yields == Yields::Number => return,
                Ok(other) => format!("{:?} ≠ {}", other.type_of(), if yields == Yields::Truth { "bool" } else { "double" }),
                Err(error) => error.to_string(),
            };
            flaws.push(Flaw::Type { reason });
        }
    }
}

/// One value of the right type for every field.
fn samples() -> Facts {
    let mut facts = Facts::new(false);
    for field in FIELDS {
        let value = match field.kind {
            Kind::Number => Value::Number(7.0),
            Kind::Flag => Value::Flag(true),
            Kind::Word(words) => Value::Text(words[0].to_owned()),
            Kind::Words(words) => Value::Words(words.iter().map(|w| (*w).to_owned()).collect()),
            Kind::Text => Value::Text("text".to_owned()),
            Kind::Date => Value::Date(jiff::civil::date(2023, 2, 1)),
        };
        facts.set(field.name, Some(value));
    }
    facts
}

/// Walks what CEL parsed: builds our tree, gathers fields, finds flaws.
struct Reader {
    flaws: Vec<Flaw>,
    /// Names bound by `all`, `exists` and the like around the place being read.
    bound: Vec<String>,
    fields: Vec<FieldId>,
}

impl Reader {
    fn node(&mut self, expr: &IdedExpr) -> Node {
        if let Expr::Call(call) = &expr.expr {
            match (call.func_name.as_str(), call.args.as_slice()) {
                (operators::LOGICAL_AND, [a, b]) => return Node::And(Box::new([self.node(a), self.node(b)])),
                (operators::LOGICAL_OR, [a, b]) => return Node::Or(Box::new([self.node(a), self.node(b)])),
                (operators::LOGICAL_NOT, [a]) => return Node::Not(Box::new(self.node(a))),
                (operators::CONDITIONAL, [c, a, b]) => return Node::If(Box::new([self.node(c), self.node(a), self.node(b)])),
                _ => {}
            }
        }
        let outer = std::mem::take(&mut self.fields);
        self.names(expr);
        let fields = std::mem::replace(&mut self.fields, outer);
        self.fields = union(std::mem::take(&mut self.fields), fields.clone());
        Node::Leaf(Leaf { expr: Arc::new(expr.clone()), fields })
    }

    fn names(&mut self, expr: &IdedExpr) {
        match &expr.expr {
            Expr::Ident(name) => self.name(name.clone()),
            Expr::Select(select) if select.test => {
                // What is missing is the program's business: a presence test would make an unknown look like an answer.
                self.flaws.push(Flaw::Type { reason: "has() / ?. : missing values are unknown already".to_owned() });
            }
            Expr::Select(select) => match &select.operand.expr {
                Expr::Ident(table) if !self.bound.contains(table) => self.name(format!("{table}.{}", select.field)),
                _ => self.names(&select.operand),
            },
            Expr::Call(call) => {
                self.words(&call.func_name, &call.args);
                call.target.iter().for_each(|t| self.names(t));
                call.args.iter().for_each(|a| self.names(a));
            }
            Expr::List(list) => list.elements.iter().for_each(|e| self.names(e)),
            Expr::Comprehension(c) => {
                self.names(&c.iter_range);
                self.names(&c.accu_init);
                let before = self.bound.len();
                self.bound.extend([c.iter_var.clone(), c.accu_var.clone()]);
                self.bound.extend(c.iter_var2.clone());
                for part in [&c.loop_cond, &c.loop_step, &c.result] {
                    self.names(part);
                }
                self.bound.truncate(before);
            }
            Expr::Map(_) | Expr::Struct(_) => self.flaws.push(Flaw::Type { reason: "{…}".to_owned() }),
            Expr::Literal(_) | Expr::Unspecified => {}
        }
    }

    fn name(&mut self, name: String) {
        if self.bound.contains(&name) {
            return;
        }
        match FieldId::named(&name) {
            Some(id) if !self.fields.contains(&id) => self.fields.push(id),
            Some(_) => {}
            None => {
                let guess = crate::words::nearest(&name, FIELDS.iter().map(|f| f.name));
                let flaw = Flaw::Field { name, guess };
                if !self.flaws.contains(&flaw) {
                    self.flaws.push(flaw);
                }
            }
        }
    }

    /// Equality and membership never fail in CEL, so a misspelt word would silently be false: literals are held against their field.
    fn words(&mut self, function: &str, args: &[IdedExpr]) {
        let [a, b] = args else { return };
        let pairs: Vec<(&IdedExpr, &IdedExpr)> = match function {
            operators::EQUALS | operators::NOT_EQUALS | operators::IN => match (&a.expr, &b.expr) {
                (_, Expr::List(list)) => list.elements.iter().map(|e| (a, e)).collect(),
                _ => vec![(a, b), (b, a)],
            },
            _ => return,
        };
        for (field, literal) in pairs {
            let (Some(id), Expr::Literal(literal)) = (field_of(field), &literal.expr) else { continue };
            let field = id.field();
            let flaw = match (field.kind, literal) {
                (Kind::Word(known) | Kind::Words(known), LiteralValue::String(word)) => {
                    let word = word.inner();
                    (!known.contains(&word)).then(|| Flaw::Word { field: field.name, word: word.to_owned(), known })
                }
                (Kind::Number, LiteralValue::Double(_) | LiteralValue::Int(_) | LiteralValue::UInt(_))
                | (Kind::Flag, LiteralValue::Boolean(_))
                | (Kind::Text | Kind::Date, LiteralValue::String(_)) => None,
                _ => Some(Flaw::Type { reason: format!("{} is {:?}", field.name, kind_word(field.kind)) }),
            };
            self.flaws.extend(flaw);
        }
    }
}

/// The field an expression is, if it is nothing else.
pub(super) fn field_of(expr: &IdedExpr) -> Option<FieldId> {
    match &expr.expr {
        Expr::Ident(name) => FieldId::named(name),
        Expr::Select(select) if !select.test => match &select.operand.expr {
            Expr::Ident(table) => FieldId::named(&format!("{table}.{}", select.field)),
            _ => None,
        },
        _ => None,
    }
}

/// The CEL type of a field, for people.
fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Number => "double",
        Kind::Flag => "bool",
        Kind::Word(_) | Kind::Text | Kind::Date => "string",
        Kind::Words(_) => "list(string)",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(source: &str, known: &[(&str, Value)]) -> Answer {
        let condition = Condition::parse(source, Yields::Truth).unwrap_or_else(|flaws| panic!("{source}: {flaws:?}"));
        let mut facts = Facts::new(false);
        for (name, value) in known {
            facts.set(name, Some(value.clone()));
        }
        let context = context(&facts);
        condition.judge(&facts, &context)
    }

    fn unknown(names: &[&str]) -> Answer {
        Answer::Unknown(names.iter().map(|n| FieldId::named(n).unwrap()).collect())
    }

    #[test]
    fn false_wins_over_missing_and_missing_over_true() {
        let p500 = "community.occupied_households >= 500.0 && community.old";
        let homes = |n: f64| ("community.occupied_households", Value::Number(n));
        let old = |b| ("community.old", Value::Flag(b));
        assert_eq!(ask(p500, &[homes(500.0), old(true)]), Answer::Known(true));
        assert_eq!(ask(p500, &[homes(499.0), old(true)]), Answer::Known(false));
        assert_eq!(ask(p500, &[homes(499.0)]), Answer::Known(false));
        assert_eq!(ask(p500, &[old(false)]), Answer::Known(false));
        assert_eq!(ask(p500, &[old(true)]), unknown(&["community.occupied_households"]));
        assert_eq!(ask(p500, &[homes(600.0)]), unknown(&["community.old"]));
        assert_eq!(ask(p500, &[]), unknown(&["community.occupied_households", "community.old"]));
    }

    #[test]
    fn true_wins_over_missing_in_an_alternative() {
        let either = "tenure != \"owner_free\" || agreement_until >= years_after(study.as_of, 5.0)";
        let day = |text: &str| Value::Date(text.parse().unwrap());
        let free = ("tenure", Value::Text("owner_free".into()));
        assert_eq!(ask(either, &[("tenure", Value::Text("leased".into()))]), Answer::Known(true));
        assert_eq!(ask(either, std::slice::from_ref(&free)), unknown(&["agreement_until", "study.as_of"]));
        let until = |text| [free.clone(), ("study.as_of", day("2023-02-01")), ("agreement_until", day(text))];
        assert_eq!(ask(either, &until("2028-02-01")), Answer::Known(true));
        assert_eq!(ask(either, &until("2028-01-31")), Answer::Known(false));
    }

    #[test]
    fn a_choice_with_an_unknown_condition_is_known_when_both_ways_agree() {
        let choice = "city_funded ? beds >= 10.0 : beds >= 5.0";
        let beds = |n| [("beds", Value::Number(n))];
        assert_eq!(ask(choice, &beds(12.0)), Answer::Known(true));
        assert_eq!(ask(choice, &beds(4.0)), Answer::Known(false));
        assert_eq!(ask(choice, &beds(7.0)), unknown(&["city_funded"]));
        assert_eq!(ask(choice, &[]), unknown(&["city_funded", "beds"]));
    }

    #[test]
    fn three_values_agree_with_trying_every_value_of_what_is_missing() {
        // Each field occurs once, so Kleene's answer is exact: it must equal what all fillings of the missing flags say together.
        let source = "!(no_dispute && (match_fund || !on_time)) ? city_funded : operator_filed";
        let condition = Condition::parse(source, Yields::Truth).unwrap();
        let names = ["no_dispute", "match_fund", "on_time", "city_funded", "operator_filed"];
        for code in 0..3usize.pow(5) {
            let states: Vec<Option<bool>> = (0..5).map(|i| [None, Some(false), Some(true)][code / 3usize.pow(i) % 3]).collect();
            let judge = |states: &[Option<bool>]| {
                let mut facts = Facts::new(false);
                names.iter().zip(states).for_each(|(name, state)| facts.set(name, state.map(Value::Flag)));
                condition.judge(&facts, &context(&facts))
            };
            let fillings: Vec<Answer> = (0..32)
                .map(|bits| judge(&states.iter().enumerate().map(|(i, s)| s.or(Some(bits >> i & 1 == 1))).collect::<Vec<_>>()))
                .collect();
            match judge(&states) {
                Answer::Known(b) => assert!(fillings.iter().all(|f| *f == Answer::Known(b)), "{states:?}"),
                Answer::Unknown(fields) => {
                    assert!(fillings.iter().any(|f| *f != fillings[0]), "{states:?}");
                    assert!(
                        !fields.is_empty()
                            && fields.iter().all(|f| states[names.iter().position(|n| *n == f.printed()).unwrap()].is_none())
                    );
                }
            }
        }
    }

    #[test]
    fn a_list_is_searched_and_an_unknown_list_is_unknown() {
        let source = "[\"meals\", \"health\"].all(f, f in functions) && !(\"运行经费\" in use_of_funds)";
        let words = |w: &[&str]| Value::Words(w.iter().map(|w| (*w).to_owned()).collect());
        assert_eq!(ask(source, &[("functions", words(&["meals", "health"])), ("use_of_funds", words(&["装修装饰"]))]), Answer::Known(true));
        assert_eq!(ask(source, &[("functions", words(&["meals"]))]), Answer::Known(false));
        assert_eq!(ask(source, &[("use_of_funds", words(&["运行经费"]))]), Answer::Known(false));
        assert_eq!(ask(source, &[("functions", words(&["meals", "health"]))]), unknown(&["use_of_funds"]));
    }

    #[test]
    fn numbers_come_out_of_truths_and_choices() {
        let measure = |source: &str, known: &[(&str, f64)]| {
            let condition = Condition::parse(source, Yields::Number).unwrap();
            let mut facts = Facts::new(false);
            known.iter().for_each(|(name, n)| facts.set(name, Some(Value::Number(*n))));
            condition.measure(&facts, &context(&facts))
        };
        assert_eq!(measure("beds", &[("beds", 3.0)]), Ok(3.0));
        assert_eq!(measure("beds >= 3.0", &[("beds", 3.0)]), Ok(1.0));
        assert_eq!(measure("beds / floor_area", &[("beds", 3.0), ("floor_area", 0.0)]), Err(vec![id("beds"), id("floor_area")]));
        assert_eq!(measure("host_large_estates > 0.0 ? 1.0 : 0.5", &[]), Err(vec![id("host_large_estates")]));
    }

    fn id(name: &str) -> FieldId {
        FieldId::named(name).unwrap()
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_a_condition_panic(pieces in proptest::collection::vec(proptest::sample::select(&[
            "beds", "community.old", "functions", "study.as_of", "x", "(", ")", "[", "]", "{", "}", "&&", "||", "!", "?", ":", ">=", "==", "in", "+", "/", "%",
            ".all(f, ", ".map(x, ", "size(", "years_after(", "1.0", "0", "-", "9223372036854775807", "\"运\"", "'", "\\", ".", ",", "true", "null", "\n", "b\"\"", "..",
        ][..]), 0..12)) {
            if let Ok(condition) = Condition::parse(&pieces.join(" "), Yields::Number) {
                let facts = samples();
                let context = context(&facts);
                condition.judge(&facts, &context);
                let _ = condition.measure(&facts, &context);
            }
        }
    }

    #[test]
    fn slips_are_found_at_load_with_a_guess() {
        let flaws = |source: &str| Condition::parse(source, Yields::Truth).err().unwrap_or_default();
        assert_eq!(flaws("flor_area >= 500.0"), [Flaw::Field { name: "flor_area".into(), guess: Some("floor_area") }]);
        assert_eq!(
            flaws("community.hoseholds >= 500.0"),
            [Flaw::Field { name: "community.hoseholds".into(), guess: Some("community.households") }]
        );
        assert!(matches!(&flaws("county.county_type == \"distric\"")[..], [Flaw::Word { word, .. }] if word == "distric"));
        assert!(matches!(&flaws("build_mode in [\"renovation\", \"reno\"]")[..], [Flaw::Word { word, .. }] if word == "reno"));
        assert!(matches!(&flaws("\"meal\" in functions")[..], [Flaw::Word { word, .. }] if word == "meal"));
        assert!(matches!(&flaws("floor_area >= ")[..], [Flaw::Syntax { .. }, ..]));
        assert!(matches!(&flaws("floor_area >= \"x\"")[..], [Flaw::Type { .. }]));
        assert!(matches!(&flaws("floor_area == \"x\"")[..], [Flaw::Type { .. }]));
        assert!(matches!(&flaws("floor_area")[..], [Flaw::Type { .. }]));
        assert!(matches!(&flaws("has(community.old)")[..], [Flaw::Type { .. }]));
        assert!(matches!(&flaws("squareroot(floor_area) > 2.0")[..], [Flaw::Type { .. }]));
        assert!(matches!(&flaws("floor_area + 1 > 2.0")[..], [Flaw::Type { .. }]), "integers and doubles do not mix in CEL");
        assert!(flaws("type == \"日间照料中心\"").is_empty());
    }
}
