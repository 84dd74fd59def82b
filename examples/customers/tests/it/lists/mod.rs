//! Lists: pages, orders, filters.

mod filters;
mod pages;
mod sorting;
