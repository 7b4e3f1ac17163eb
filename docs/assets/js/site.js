// Entry of the site's own behavior, loaded once; navigation.instant replaces pages without reloading it.
export {};
