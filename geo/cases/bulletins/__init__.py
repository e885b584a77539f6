"""日巡查, 周小结, 月通报: built from what is on file, issued once, never changed."""
