// What a page can do better with a script; without one it lacks nothing but comfort.
