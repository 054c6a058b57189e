//! Migrations are embedded by a macro; cargo must look at their folder to notice a new one.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
