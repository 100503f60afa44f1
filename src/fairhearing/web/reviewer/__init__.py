"""The reviewer's pages. What they do goes through the API like everybody's."""
