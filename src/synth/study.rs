//! The study that runs everything, and the note that says what this is.

use std::io;
use std::path::Path;

use super::{Made, Options};

/// Writes `study.toml` and `README.txt`.
pub(super) fn write(options: &Options, made: &Made, out: &Path) -> io::Result<()> {
    std::fs::write(out.join("study.toml"), STUDY)?;
    let Made { communities, counties, estates, points, facilities, candidates, edges, .. } = made;
    let (version, seed) = (env!("CARGO_PKG_VERSION"), options.seed);
    std::fs::write(
        out.join("README.txt"),
        format!(
            "合成示例城市（虚构数据）\n\
             ========================\n\
             本文件夹全部数据由程序 careshed {version} 随机生成（种子 {seed}），不对应任何真实的地点、单位或个人；\n\
             行政区划代码、名称、电话均为虚构。仅供试用与测试，不得用于申报。\n\
             社区和村 {communities}，县（市、区）{counties}，小区 {estates}，住处（楼栋或单元）{points}，设施 {facilities}，候选点 {candidates}，路段 {edges}。\n\
             坐标为 EPSG:4326。roads.osm.pbf 与 roads.geojson 是同一路网的两种写法；前者另画有河流与铁路（不可步行）。\n\
             空白表示未知，不是零。试用：careshed rank study.toml --out 结果\n\
             \n\
             Synthetic example city (made-up data)\n\
             =====================================\n\
             Everything in this folder was drawn by chance by careshed {version} (seed {seed}); no place, body or person is meant. Codes, names\n\
             and telephone numbers do not exist. For trying and testing only.\n\
             {communities} communities and villages, {counties} counties, {estates} estates, {points} demand points (buildings or stairwells),\n\
             {facilities} facilities, {candidates} candidates, {edges} pieces of street. EPSG:4326. roads.osm.pbf and roads.geojson are the same network;\n\
             the first also draws river and railway. An empty cell is unknown, not zero. Try: careshed rank study.toml --out results\n"
        ),
    )
}

const STUDY: &str = r#"# 合成示例城市：由 careshed synth 生成，全部虚构。
# A synthetic example: everything in it was made up by careshed synth.
schema = 1
title = "合成示例城市（虚构数据）"
as_of = 2023-02-01
policies = ["shanxi-2023", "yuncheng-2021"]

[walking]
speed = "1.0 m/s"
limit = "15 min"
snap = "100 m"

[network]
file = "roads.osm.pbf"            # "roads.geojson" is the same network as plain lines, slower to read
source = "synthetic streets"

[communities]
file = "communities.geojson"
as_of = 2022-12-31
source = "synthetic register"

[estates]
file = "estates.csv"
as_of = 2022-12-31
source = "synthetic register"

[counties]
file = "counties.csv"
source = "synthetic register"

[demand]
file = "demand.csv"
as_of = 2022-12-31
source = "synthetic buildings"

[facilities]
file = "facilities.csv"
as_of = 2023-01-31
source = "synthetic register"

[candidates]
file = "candidates.csv"
as_of = 2023-01-31
source = "synthetic declarations"
"#;
