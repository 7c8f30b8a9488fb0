//! `policy`, `norm --joint`, `allot` and `fund` where packs speak of more than one candidate.

use std::path::Path;

use super::{careshed, code, said, table};

fn city(dir: &Path) -> String {
    let made = careshed(&["synth", "--communities", "40", "--out", dir.join("city").to_str().unwrap()]);
    assert_eq!(code(&made), 0, "{}", said(&made));
    dir.join("city/study.toml").to_str().unwrap().to_owned()
}

/// A part of JSON Schema that is enough for ours: types, required, enum, const, properties, items and `$ref`.
fn fits(schema: &serde_json::Value, root: &serde_json::Value, value: &toml::Value, at: &str) -> Result<(), String> {
    if let Some(path) = schema["$ref"].as_str() {
        return fits(root.pointer(path.trim_start_matches('#')).ok_or(format!("{path}: nothing there"))?, root, value, at);
    }
    let kind = match value {
        toml::Value::String(_) | toml::Value::Datetime(_) => "string",
        toml::Value::Integer(_) => "integer",
        toml::Value::Float(_) => "number",
        toml::Value::Boolean(_) => "boolean",
        toml::Value::Array(_) => "array",
        toml::Value::Table(_) => "object",
    };
    if let Some(wanted) = schema["type"].as_str()
        && wanted != kind
        && !(wanted == "number" && kind == "integer")
    {
        return Err(format!("{at}: {kind} where the schema wants {wanted}"));
    }
    if let (Some(known), toml::Value::String(word)) = (schema["enum"].as_array(), value)
        && !known.iter().any(|k| k == word)
    {
        return Err(format!("{at}: {word} is not among {known:?}"));
    }
    if let toml::Value::Table(fields) = value {
        for need in schema["required"].as_array().into_iter().flatten() {
            fields.get(need.as_str().unwrap()).ok_or(format!("{at}: no {need}"))?;
        }
        for (key, value) in fields {
            match schema["properties"].get(key) {
                Some(of) => fits(of, root, value, &format!("{at}.{key}"))?,
                None if schema["additionalProperties"] == false => return Err(format!("{at}: {key} is not in the schema")),
                None => {}
            }
        }
    }
    if let (toml::Value::Array(list), Some(of)) = (value, schema.get("items")) {
        list.iter().try_for_each(|item| fits(of, root, item, at))?;
    }
    Ok(())
}

#[test]
fn the_schema_is_valid_json_and_fits_the_five_packs_but_no_pack_with_a_slip() {
    let printed = careshed(&["policy", "schema"]);
    assert_eq!(code(&printed), 0);
    let schema: serde_json::Value = serde_json::from_slice(&printed.stdout).unwrap();
    let packs = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/policies");
    let mut seen = 0;
    for entry in std::fs::read_dir(packs).unwrap().map(|e| e.unwrap().path()).filter(|p| p.extension().is_some_and(|e| e == "toml")) {
        let text = std::fs::read_to_string(&entry).unwrap();
        assert_eq!(fits(&schema, &schema, &toml::from_str(&text).unwrap(), "pack"), Ok(()), "{}", entry.display());
        for (from, to) in [("hardness = \"", "hardnes = \""), ("hardness = \"firm\"", "hardness = \"hart\""), ("quote = ", "# ")] {
            let slip = text.replacen(from, to, 1);
            assert!(fits(&schema, &schema, &toml::from_str(&slip).unwrap(), "pack").is_err(), "{from} {}", entry.display());
        }
        seen += 1;
    }
    assert_eq!(seen, 5);
}

#[test]
fn a_new_pack_is_sound_is_never_overwritten_and_a_slip_in_it_ends_with_1() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("own.toml");
    let path = file.to_str().unwrap();
    assert_eq!(code(&careshed(&["policy", "new", path])), 0);
    assert_eq!(code(&careshed(&["policy", "check", path])), 0);
    assert_eq!(code(&careshed(&["policy", "new", path])), 1);
    let text = std::fs::read_to_string(&file).unwrap();
    for (from, to, found) in [
        ("M-02", "M-01", "E-PACK"),
        ("floor_area >=", "flor_area >=", "E-FIELD"),
        ("weight = 1.0", "weight = -1.0", "E-PACK"),
        ("weight = 1.0", "weight = 0.0", "E-PACK"),
        ("one = 2000.0", "one = 0.0", "E-PACK"),
        ("floor_area >= 300.0", "type == 'nobody'", "E-PACK"),
        ("floor_area >= 300.0", "facility.beds >= 300.0", "E-PACK"),
    ] {
        std::fs::write(&file, text.replacen(from, to, 1)).unwrap();
        let run = careshed(&["policy", "check", path]);
        assert!(code(&run) == 1 && said(&run).contains(found), "{from} → {to}: {}", said(&run));
    }
}

#[test]
fn one_rule_is_explained_over_every_subject_it_speaks_of() {
    let dir = tempfile::tempdir().unwrap();
    let study = city(dir.path());
    let policies = ["--policies", "shanxi-2023,yuncheng-2021"];
    let explain = |rule: &str, more: &[&str]| careshed(&[&["policy", "explain", rule, &study], &policies[..], more].concat());
    let run = explain("S002-07", &["--format", "json"]);
    assert_eq!(code(&run), 0, "{}", said(&run));
    let told: serde_json::Value = serde_json::from_slice(&run.stdout).unwrap();
    assert_eq!(told["rules"][0]["of"], "community");
    let communities = told["rules"][0]["subjects"].as_array().unwrap().len();
    assert!(communities >= 40, "{communities}");
    assert!(said(&explain("S001-14", &[])).contains("500–2000 m²"));
    assert!(said(&explain("S001-10.portfolio", &[])).contains("--plan"));
    let out = dir.path().join("out");
    let run = careshed(&[&["rank", &study, "--out", out.to_str().unwrap()], &policies[..]].concat());
    assert_eq!(code(&run), 0, "{}", said(&run));
    let plan = dir.path().join("plan.json");
    let id = table(&out.join("candidates.csv"))[0]["id"].clone();
    std::fs::write(&plan, format!(r#"{{"chosen":[{{"id":"{id}"}}]}}"#)).unwrap();
    let of_plan = explain("S001-10.portfolio", &["--plan", plan.to_str().unwrap(), "--format", "json"]);
    let told: serde_json::Value = serde_json::from_slice(&of_plan.stdout).unwrap();
    assert_eq!(told["rules"][0]["subjects"].as_array().unwrap().len(), 1, "{}", said(&of_plan));
    let unknown = explain("S000-14", &[]);
    assert!(code(&unknown) == 1 && said(&unknown).contains("changzhi-2020"), "{}", said(&unknown));
    // What rank writes holds the same subjects, candidates first.
    let rows = table(&out.join("verdicts.csv"));
    let of = |pack: &str, rule: &str| rows.iter().filter(|r| r["pack"] == pack && r["rule"] == rule).count();
    assert_eq!(of("yuncheng-2021", "S002-07"), communities);
    let kinds: Vec<&str> = rows.iter().filter(|r| r["pack"] == "yuncheng-2021").map(|r| r["subject_kind"].as_str()).collect();
    let mut order = kinds.clone();
    order.dedup();
    assert_eq!(order[..2], ["candidate", "community"]);
}

#[test]
fn neighbours_that_could_share_a_facility_are_proposed_and_change_no_coverage() {
    let dir = tempfile::tempdir().unwrap();
    let study = city(dir.path());
    let norm = |out: &str, policies: &str, more: &[&str]| {
        let out = dir.path().join(out);
        let run = careshed(&[&["norm", &study, "--policies", policies, "--out", out.to_str().unwrap()], more].concat());
        (run, out)
    };
    let (plain, first) = norm("plain", "yuncheng-2021", &[]);
    let (joint, second) = norm("joint", "yuncheng-2021", &["--joint"]);
    assert_eq!((code(&plain), code(&joint)), (0, 0), "{}", said(&joint));
    assert_eq!(std::fs::read(first.join("norm.csv")).unwrap(), std::fs::read(second.join("norm.csv")).unwrap());
    let mut seen = std::collections::BTreeSet::new();
    for row in table(&second.join("joint.csv")) {
        let members: Vec<&str> = row["members"].split(';').collect();
        assert!(members.len() >= 2 && !row["small"].is_empty(), "{row:?}");
        assert!(members.iter().all(|m| seen.insert((*m).to_owned())), "a community stands in two groups: {row:?}");
        let (need, area): (f64, f64) = (row["need_m2"].parse().unwrap(), row["area_m2"].parse().unwrap());
        assert!(need <= 2000.0 && area == need.max(500.0), "{row:?}");
        assert!(row["least_share"].parse::<f64>().unwrap() >= 0.95);
    }
    assert_eq!(code(&norm("none", "jiangbei-2018", &["--joint"]).0), 1);
}

#[test]
fn a_quota_says_what_it_lacks_and_a_project_what_no_award_may_pay() {
    let dir = tempfile::tempdir().unwrap();
    let study = city(dir.path());
    let out = dir.path().join("allot");
    let run = careshed(&["allot", &study, "--policies", "shanxi-2023", "--total", "10", "--out", out.to_str().unwrap()]);
    assert_eq!(code(&run), 0, "{}", said(&run));
    let rows = table(&out.join("shortage.csv"));
    assert_eq!(rows.len(), 11);
    let n = |row: &std::collections::BTreeMap<String, String>, key: &str| row[key].parse::<i64>().unwrap();
    assert!(rows.iter().all(|r| n(r, "missing") == (n(r, "quota") - n(r, "eligible")).max(0) && n(r, "eligible") <= n(r, "candidates")));
    let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
    write("c.csv", "id,name,county_code,floor_area,use_of_funds,tenure\nA,甲,140403,800,装修装饰；运行经费,政府租赁\n");
    write("plan.json", r#"{"chosen":[{"id":"A"}]}"#);
    let money = dir.path().join("money");
    let (c, p) = (dir.path().join("c.csv"), dir.path().join("plan.json"));
    let flags = ["--candidates", c.to_str().unwrap(), "--plan", p.to_str().unwrap(), "--policies", "shanxi-2023"];
    let run = careshed(&[&["fund", "--out", money.to_str().unwrap()], &flags[..]].concat());
    assert_eq!(code(&run), 0, "{}", said(&run));
    let rows = table(&money.join("fund_projects.csv"));
    assert_eq!((rows[0]["eligibility"].as_str(), rows[0]["forbidden_lines"].as_str()), ("ineligible", "运行经费"));
    assert!(rows[0]["rules"].contains("S001-13") && said(&run).contains("运行经费"));
    let record: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(money.join("run.json")).unwrap()).unwrap();
    assert!(record["inputs"].as_array().unwrap().iter().any(|i| i["path"].as_str().unwrap().ends_with("plan.json")), "{record}");
}
