define([], () => ({ shout: (text) => text.toUpperCase() }));
