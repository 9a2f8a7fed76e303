//! Names of users, for messages.

/// Where the system lists its users.
const USERS: &str = "/etc/passwd";

/// The name of a user, or its number where nobody tells the name.
pub fn user(number: u32) -> String {
    let list = std::fs::read_to_string(USERS).unwrap_or_default();
    name(&list, number).map_or_else(|| format!("the user number {number}"), str::to_owned)
}

/// `stevenson:x:995:995::/var/lib/stevenson:/usr/sbin/nologin`
fn name(list: &str, number: u32) -> Option<&str> {
    list.lines().find_map(|line| {
        let mut parts = line.split(':');
        let name = parts.next().filter(|name| !name.is_empty())?;
        (parts.nth(1)?.parse() == Ok(number)).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_has_the_name_of_its_number() {
        let list = "root:x:0:0:root:/root:/bin/sh\n\n+::::::\nweather:x:995:42::/:/bin/false\n";
        assert_eq!([0, 995, 42].map(|number| name(list, number)), [Some("root"), Some("weather"), None]);
    }
}
