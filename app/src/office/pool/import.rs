//! Several panellists at once, pasted from a table: one a line.

use crate::kit::see::{derived, memo};
use leptos::prelude::*;
use serde_json::json;

use super::{Panellist, lacking, refresh};
use crate::{
    kit::{
        area::{Area, Draft},
        band::Band,
        button::{Button, Look},
        field::half_width,
        sending::Sending,
        tag::Tone,
    },
    office::{desk::fixed, once::once},
    words::{Told, Words, say, tell, words},
};

const HOW: Words = words(
    "从表格中复制后粘贴，每行一人，依次为：姓名、身份、界别、专业领域、地区、出生年份、手机号码后四位；各项之间用制表符或者逗号分隔，没有的项留空。",
    "Copy from a table and paste, one person a line: name, post, class, field, region, year of birth, last four digits of the phone; tabs or commas between, nothing where there is nothing.",
);
const LINES: Words = words("名单", "People");
const NOTHING: Words = words("请粘贴名单。", "Please paste the people.");
const PARTS: Words =
    words("第 {n} 行：应有七项，实有 {k} 项。", "Line {n}: seven parts are needed, there are {k}.");
const WRONG: Words = words("第 {n} 行：{why}", "Line {n}: {why}");
const TAKE: Words = words("导入 {n} 人", "Import {n}");
const THERE: Words = words(
    "已导入 {n} 人。其中原在名册的（姓名和手机号码后四位相同），没有重复添加，只更新了原有信息：{names}。",
    "{n} imported. Of these, known before (same name and phone) and not added twice but brought up to date: {names}.",
);
const STOPPED: Words = words(
    "导入到{name}时停下，原因见上；此前的人员已经导入，名单里只留未导入的。改好后可以继续。",
    "Stopped at {name}, for the reason above. Those before are in; the list keeps the others. Mend it and go on.",
);
const PARTS_OF_A_LINE: usize = 7;

/// The form.
pub(super) fn form(people: RwSignal<Vec<Panellist>>, open: RwSignal<bool>) -> AnyView {
    let text = RwSignal::new(String::new());
    let found = memo(move || text.with(|text| read(text)));
    let sending = Sending::default();
    let dead = derived(move || found.get().err());
    let count = move || found.with(|found| found.as_ref().map_or(0, Vec::len));
    let told = RwSignal::new(None::<Told>);
    let press = move |()| {
        if let Ok(new) = found.get_untracked() {
            told.set(None);
            sending.go(async move {
                let (before, many) = (people.get_untracked(), new.len());
                let mut there = Vec::new();
                if text.with_untracked(|text| has_heading(text)) {
                    text.update(|text| *text = without_first(text));
                }
                for person in new {
                    let kept: Panellist = match once("/api/pool", json!(person)).await {
                        Ok(kept) => kept,
                        Err(failure) => {
                            told.set(Some(STOPPED.with("name", person.name)));
                            refresh(people).await?;
                            return Err(failure);
                        }
                    };
                    if before.iter().any(|known| known.id == kept.id) {
                        there.push(kept.name);
                    }
                    // What is in is taken off the list: a later one may be refused.
                    text.update(|text| *text = without_first(text));
                }
                refresh(people).await?;
                if there.is_empty() {
                    open.set(false);
                } else {
                    let names = Told { zh: there.join("、"), en: there.join(", ") };
                    told.set(Some(THERE.with("n", many).with_told("names", &names)));
                }
                Ok(())
            });
        }
    };
    let news = move || {
        told.get()
            .map(|told| view! { <Band tone=Tone::Info testid="imported">{fixed(told)}</Band> }.into_any())
    };
    view! {
        <div class="stack">
            <p>{say(HOW)}</p>
            {sending.news()}
            {news}
            <Area label=say(LINES) draft=Draft::unkept(text) rows=8 testid="import-lines" />
            <Button
                words=tell(move || TAKE.with("n", count()))
                look=Look::Primary
                press
                dead
                busy=sending.busy
                testid="import-send"
            />
        </div>
    }
    .into_any()
}

/// The people, or what is wrong with the first line that cannot be read.
fn read(text: &str) -> Result<Vec<Panellist>, Told> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let lines = lines.skip(usize::from(has_heading(text)));
    let people: Vec<Panellist> = lines.map(|(at, line)| person(at + 1, line)).collect::<Result<_, Told>>()?;
    if people.is_empty() { Err(NOTHING.into()) } else { Ok(people) }
}

fn person(number: usize, line: &str) -> Result<Panellist, Told> {
    let parts: Vec<String> = line.split(['\t', ',', '，']).map(|part| part.trim().to_string()).collect();
    let count = parts.len();
    let [name, post, class, specialty, region, year, phone_tail] =
        <[String; PARTS_OF_A_LINE]>::try_from(parts).map_err(|_| PARTS.with("n", number).with("k", count))?;
    let birth_year = half_width(&year).parse().unwrap_or(0);
    let person = Panellist {
        name,
        post,
        class,
        specialty,
        region,
        birth_year,
        phone_tail: half_width(&phone_tail),
        active: true,
        ..Panellist::default()
    };
    match lacking(&person) {
        Some(why) => Err(Told::from(WRONG).with("n", number).with_told("why", &why)),
        None => Ok(person),
    }
}

/// Whether the heading of the table was pasted with its lines.
fn has_heading(text: &str) -> bool {
    let first = text.trim_start();
    ["姓名", "Name"].iter().any(|word| first.starts_with(word))
}

fn without_first(text: &str) -> String {
    let mut lines = text.lines().skip_while(|line| line.trim().is_empty());
    lines.next();
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::browser::Drawn;

    #[test]
    fn lines_of_a_table_are_read_and_a_wrong_one_is_named() {
        let owner = Owner::new();
        owner.set();
        provide_context(Drawn(1_795_000_000_000));
        let read_two =
            read("甲\t教师\t基层群众\t\t东县\t1980\t0001\n\n乙，医师，专家学者，医学，城区，1975，0002\n");
        let people = read_two.expect("two people");
        assert_eq!(people.len(), 2);
        assert_eq!((people[0].region.as_str(), people[1].specialty.as_str()), ("东县", "医学"));
        assert!(people.iter().all(Panellist::can_be_drawn));
        assert!(read("甲,教师").unwrap_err().zh.contains("第 1 行"));
        assert!(read("甲,教师,群众,,,1980,12x4").unwrap_err().zh.contains("四位数字"));
        assert_eq!(read(" \n"), Err(NOTHING.into()));
        let headed = "姓名\t身份\t界别\t专业\t地区\t出生年份\t手机\n甲\t教师\t群众\t\t\t１９８０\t０００１\n";
        let people = read(headed).expect("the heading is nobody, and full-width digits are digits");
        assert_eq!((people.len(), people[0].birth_year, people[0].phone_tail.as_str()), (1, 1980, "0001"));
        assert_eq!(without_first("\n甲\n乙\n丙"), "乙\n丙");
    }
}
