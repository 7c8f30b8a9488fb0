//! Names of coordinate reference systems that are met in China, as ESRI, GDAL and the EPSG registry write them → EPSG code.

/// The code of a well-known name: `CGCS2000_3_Degree_GK_CM_111E`, `CGCS2000 / 3-degree Gauss-Kruger zone 37`, `WGS_1984_UTM_Zone_49N`.
pub fn epsg(name: &str) -> Option<u32> {
    let name = plain(name);
    match name.strip_prefix("gcs_").unwrap_or(&name) {
        "wgs_1984" | "wgs_84" | "wgs84" | "crs84" | "wgs_84_crs84" => return Some(4326),
        "china_geodetic_coordinate_system_2000" | "china_2000" | "cgcs2000" | "cgcs_2000" => return Some(4490),
        "xian_1980" | "xian80" => return Some(4610),
        "beijing_1954" | "beijing54" => return Some(4214),
        "wgs_1984_web_mercator_auxiliary_sphere" | "wgs_84_pseudo_mercator" | "web_mercator" | "popular_visualisation_pseudo_mercator" => return Some(3857),
        _ => {}
    }
    utm(&name).or_else(|| gauss_kruger(&name))
}

/// Lower case, runs of anything else than letters and digits as one `_`, Gauss–Krüger as `gk`.
fn plain(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            'ü' | 'Ü' => out.push('u'),
            '\'' => {}
            c if c.is_alphanumeric() => out.extend(c.to_lowercase()),
            _ if !out.is_empty() && !out.ends_with('_') => out.push('_'),
            _ => {}
        }
    }
    out.trim_end_matches('_').replace("gauss_kruger", "gk").replace("gauss_krueger", "gk")
}

fn utm(name: &str) -> Option<u32> {
    let zone = ["wgs_1984_utm_zone_", "wgs_84_utm_zone_"].iter().find_map(|p| name.strip_prefix(p))?;
    let (number, south) = match zone.strip_suffix('n') {
        Some(number) => (number, false),
        None => (zone.strip_suffix('s')?, true),
    };
    let number: u32 = number.parse().ok().filter(|n| (1..=60).contains(n))?;
    Some(if south { 32_700 } else { 32_600 } + number)
}

/// First codes of the four families of a datum: 3° by zone number (from 25), 3° by meridian (from 75° E), 6° by number (from 13), 6° by meridian.
struct Families {
    zones_3: u32,
    meridians_3: u32,
    zones_6: u32,
    meridians_6: u32,
}

fn gauss_kruger(name: &str) -> Option<u32> {
    let families = [
        ("cgcs2000_", Families { zones_3: 4513, meridians_3: 4534, zones_6: 4491, meridians_6: 4502 }),
        ("cgcs_2000_", Families { zones_3: 4513, meridians_3: 4534, zones_6: 4491, meridians_6: 4502 }),
        ("xian_1980_", Families { zones_3: 2349, meridians_3: 2370, zones_6: 2327, meridians_6: 2338 }),
        ("beijing_1954_", Families { zones_3: 2401, meridians_3: 2422, zones_6: 21_413, meridians_6: 21_453 }),
    ];
    let (rest, family) = families.iter().find_map(|(prefix, family)| Some((name.strip_prefix(prefix)?, family)))?;
    let (rest, three) = match rest.strip_prefix("3_degree_") {
        Some(rest) => (rest, true),
        None => (rest, false),
    };
    let rest = rest.strip_prefix("gk_")?;
    let (step, first_zone, last_zone) = if three { (3, 25, 45) } else { (6, 13, 23) };
    if let Some(meridian) = rest.strip_prefix("cm_").and_then(|r| r.strip_suffix('e')) {
        let degrees: u32 = meridian.parse().ok().filter(|m| (75..=135).contains(m) && (m - 75) % step == 0)?;
        return Some(if three { family.meridians_3 } else { family.meridians_6 } + (degrees - 75) / step);
    }
    let zone = rest.strip_prefix("zone_")?;
    // ESRI's `Zone_19N` is the zone without its number in the eastings.
    let (zone, bare) = match zone.strip_suffix('n') {
        Some(zone) => (zone, true),
        None => (zone, false),
    };
    let number: u32 = zone.parse().ok().filter(|n| (first_zone..=last_zone).contains(n))?;
    let first = match (three, bare) {
        (true, false) => family.zones_3,
        (true, true) => family.meridians_3,
        (false, false) => family.zones_6,
        (false, true) => family.meridians_6,
    };
    Some(first + number - first_zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_three_makers_mean_the_same_code() {
        for (name, code) in [
            ("CGCS2000_3_Degree_GK_CM_111E", 4546),
            ("CGCS2000 / 3-degree Gauss-Kruger CM 111E", 4546),
            ("CGCS2000_3_Degree_GK_Zone_37", 4525),
            ("CGCS2000 / 3-degree Gauss-Kruger zone 45", 4533),
            ("CGCS2000_GK_CM_111E", 4508),
            ("CGCS2000_GK_Zone_19", 4497),
            ("Xian_1980_3_Degree_GK_CM_114E", 2383),
            ("Xian 1980 / 3-degree Gauss-Kruger zone 38", 2362),
            ("Xian_1980_GK_Zone_19", 2333),
            ("Beijing_1954_3_Degree_GK_Zone_38", 2414),
            ("Beijing_1954_3_Degree_GK_CM_102E", 2431),
            ("Beijing_1954_GK_Zone_19", 21_419),
            ("Beijing_1954_GK_Zone_19N", 21_459),
            ("WGS_1984_UTM_Zone_49N", 32_649),
            ("WGS 84 / UTM zone 49S", 32_749),
            ("GCS_China_Geodetic_Coordinate_System_2000", 4490),
            ("GCS_WGS_1984", 4326),
            ("WGS 84 / Pseudo-Mercator", 3857),
            ("WGS_1984_Web_Mercator_Auxiliary_Sphere", 3857),
        ] {
            assert_eq!(epsg(name), Some(code), "{name}");
        }
        for name in ["CGCS2000_3_Degree_GK_CM_112E", "CGCS2000_3_Degree_GK_Zone_99", "Local", "", "WGS_1984_UTM_Zone_61N"] {
            assert_eq!(epsg(name), None, "{name}");
        }
    }

    #[test]
    fn every_code_is_the_registry_entry_of_that_name() {
        // The registry's own name must lead back to the code, or the arithmetic of the families is off by one somewhere.
        let codes = (4491..=4554).chain(2327..=2390).chain(2401..=2442).chain(21_413..=21_423).chain(21_453..=21_463).chain(32_601..=32_660);
        for code in codes {
            let definition = crs_definitions::from_code(code).unwrap_or_else(|| panic!("{code}"));
            let name = definition.wkt.split('"').nth(1).unwrap();
            assert_eq!(epsg(name), Some(u32::from(code)), "{name}");
        }
    }
}
