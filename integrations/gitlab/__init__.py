"""GitLab Issues, on gitlab.com and on servers of one's own, by its REST interface, version 4.

Facts are from GitLab's documentation and source as published (api/issues, api/notes, api/project_webhooks, api/rest,
user/gitlab_com, user/project/integrations/webhooks, lib/gitlab/quick_actions/extractor.rb); what is only known from
memory says so.
"""
