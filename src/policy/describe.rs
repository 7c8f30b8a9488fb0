//! Values and thresholds as a person reads them, derived from the condition itself so that they cannot drift from it.
//!
//! `floor_area >= 500.0 && floor_area <= 2000.0` is `500–2000 m²`; `beds >= 10.0` is `≥ 10`; a list is joined by `;`. The text is
//! free of language: keys are canonical and only units written alike everywhere are shown.

use cel::IdedExpr;
use cel::common::ast::{CallExpr, Expr, LiteralValue, operators};

use super::condition::{Condition, field_of};
use super::facts::{Facts, FieldId, number};
use super::{Must, Test};

/// What a test holds the subject against.
pub fn threshold(test: &Test) -> String {
    match &test.must {
        Must::Hold(condition) => condition_text(condition),
        Must::Offer(functions) => functions.join(";"),
    }
}

/// What a test looked at, as far as it is known; `None` if nothing is.
pub fn value(test: &Test, facts: &Facts) -> Option<String> {
    let fields: Vec<FieldId> = match &test.must {
        Must::Hold(condition) => condition.fields().to_vec(),
        Must::Offer(_) => FieldId::named("functions").into_iter().collect(),
    };
    let several = fields.len() > 1;
    let shown: Vec<String> = fields.iter().filter_map(|field| field_text(*field, several, facts)).collect();
    (!shown.is_empty()).then(|| shown.join(";"))
}

/// `480`, or `operator_years=2` where several fields are looked at; a stand-in always says which field it is.
fn field_text(field: FieldId, named: bool, facts: &Facts) -> Option<String> {
    let (from, value) = match facts.source(field) {
        Some(from) => (from, facts.get(field)?),
        None => facts.offered(field)?,
    };
    let text = value.printed();
    Some(if named || from != field { format!("{}={text}", from.printed()) } else { text })
}

fn condition_text(condition: &Condition) -> String {
    let read = || -> Option<Vec<Part>> { condition.parts()?.into_iter().map(|(negated, expr)| part(negated, expr)).collect() };
    let Some(parts) = read() else { return condition.source().split_whitespace().collect::<Vec<_>>().join(" ") };
    let named = condition.fields().len() > 1;
    let mut texts: Vec<String> = Vec::new();
    let mut skip = false;
    for (i, part) in parts.iter().enumerate() {
        if std::mem::take(&mut skip) {
            continue;
        }
        let band = parts.get(i + 1).and_then(|next| band(part, next));
        skip = band.is_some();
        let text = band.unwrap_or_else(|| part.text.clone());
        let text = format!("{text}{}", unit(part));
        texts.push(match (named, text.as_str()) {
            (true, "true") => part.field.printed().to_owned(),
            (true, _) => format!("{} {text}", part.field.printed()),
            (false, _) => text,
        });
    }
    texts.join(";")
}

/// One comparison of a field with something written.
struct Part {
    field: FieldId,
    op: &'static str,
    number: Option<f64>,
    text: String,
}

/// `≥ a` followed by `≤ b` of the same field is a band, closed at both ends.
fn band(a: &Part, b: &Part) -> Option<String> {
    let (low, high) = (a.number?, b.number?);
    (a.field == b.field && a.op == operators::GREATER_EQUALS && b.op == operators::LESS_EQUALS)
        .then(|| format!("{}–{}", number(low), number(high)))
}

fn unit(part: &Part) -> String {
    let [zh, en] = part.field.field().unit;
    if part.number.is_some() && zh == en && !zh.is_empty() { format!(" {zh}") } else { String::new() }
}

fn part(negated: bool, expr: &IdedExpr) -> Option<Part> {
    if let Some(field) = field_of(expr) {
        return Some(Part { field, op: "", number: None, text: (!negated).to_string() });
    }
    let Expr::Call(call) = &expr.expr else { return None };
    let (op, sign) = [
        (operators::GREATER_EQUALS, "≥ "),
        (operators::LESS_EQUALS, "≤ "),
        (operators::GREATER, "> "),
        (operators::LESS, "< "),
        (operators::EQUALS, ""),
        (operators::NOT_EQUALS, "≠ "),
        (operators::IN, ""),
    ]
    .into_iter()
    .find(|(op, _)| call.func_name == *op)?;
    let [left, right] = call.args.as_slice() else { return None };
    if let (operators::IN, Some(field)) = (op, field_of(right)) {
        let not = if negated { "≠ " } else { "" };
        return Some(Part { field, op, number: None, text: format!("{not}{}", literal(left)?.1) });
    }
    if negated {
        return None;
    }
    let field = field_of(left)?;
    let (number, written) = match &right.expr {
        Expr::List(list) => (None, list.elements.iter().map(|e| literal(e).map(|l| l.1)).collect::<Option<Vec<_>>>()?.join(";")),
        _ => literal(right)?,
    };
    Some(Part { field, op, number, text: format!("{sign}{written}") })
}

fn literal(expr: &IdedExpr) -> Option<(Option<f64>, String)> {
    Some(match &expr.expr {
        Expr::Literal(LiteralValue::Double(n)) => (Some(*n.inner()), number(*n.inner())),
        Expr::Literal(LiteralValue::Int(n)) => (Some(*n.inner() as f64), n.inner().to_string()),
        Expr::Literal(LiteralValue::String(text)) => (None, text.inner().to_owned()),
        Expr::Literal(LiteralValue::Boolean(b)) => (None, b.inner().to_string()),
        Expr::Call(CallExpr { func_name, args, .. }) if func_name == operators::NEGATE => {
            let (n, text) = literal(args.first()?)?;
            (n.map(|n| -n), format!("-{text}"))
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::condition::Yields;
    use super::super::facts::Value;
    use super::*;

    fn test(source: &str) -> Test {
        Test { when: None, must: Must::Hold(Condition::parse(source, Yields::Truth).unwrap()), warn_unless: None }
    }

    #[test]
    fn thresholds_read_like_the_clause() {
        let says = |source| threshold(&test(source));
        assert_eq!(says("floor_area >= 500.0 && floor_area <= 2000.0"), "500–2000 m²");
        assert_eq!(says("beds >= 10.0"), "≥ 10");
        assert_eq!(says("tenure != \"gov_leased\""), "≠ gov_leased");
        assert_eq!(says("build_mode in [\"renovation\", \"new\"]"), "renovation;new");
        assert_eq!(says("county.county_type == \"district\""), "district");
        assert_eq!(says("operator_third_party"), "true");
        assert_eq!(says("!operator_third_party"), "false");
        assert_eq!(says("!(\"运行经费\" in use_of_funds)"), "≠ 运行经费");
        assert_eq!(says("community.occupied_households >= 500.0 && community.old"), "community.occupied_households ≥ 500;community.old");
        assert_eq!(says("beds >= 10.0  ||\n floor_area > 3.0"), "beds >= 10.0 || floor_area > 3.0", "else as written");
    }

    #[test]
    fn values_name_their_field_when_there_are_several() {
        let mut facts = Facts::new(false);
        facts.set("floor_area", Some(Value::Number(480.0)));
        facts.set("community.households", Some(Value::Number(620.0)));
        facts.set("community.old", Some(Value::Flag(true)));
        assert_eq!(value(&test("floor_area >= 500.0"), &facts).as_deref(), Some("480"));
        assert_eq!(value(&test("beds >= 10.0"), &facts), None);
        let p500 = test("community.occupied_households >= 500.0 && community.old");
        assert_eq!(value(&p500, &facts).as_deref(), Some("community.households=620;community.old=true"), "the stand-in is named");
    }
}
