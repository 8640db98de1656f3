#!/usr/local/bin/node
// The command line of this image, by its name; where files are is as in a checkout.
process.title = 'commandcenter';
require('/opt/commandcenter/dist/server/cli.js');
