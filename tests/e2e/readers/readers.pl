#!/usr/bin/perl
# Reads a message from standard input and prints, as JSON, what two readers find under the names that are given: Email::Simple, and one
# that splits a header into fields, unfolds them and trims their names as SpamAssassin's rules see them.
use strict;
use warnings;
use Email::Simple;

sub quoted {
    my ($text) = @_;
    $text =~ s/([^\x20-\x21\x23-\x5b\x5d-\x7e])/sprintf('\\u%04x', ord $1)/ge;
    return "\"$text\"";
}

sub of_simple {
    my ($raw, $name) = @_;
    return Email::Simple->new($raw)->header($name);
}

sub of_rules {
    my ($raw, $wanted) = @_;
    my ($header) = split /\r?\n\r?\n/, $raw, 2;
    $header =~ s/\r?\n(?=[ \t])//g;
    my @found;
    for my $line (split /\r?\n/, $header) {
        my ($name, $value) = split /:/, $line, 2;
        next unless defined $value;
        $name =~ s/^\s+|\s+$//g;
        $name =~ s/[\x00-\x1f\x7f]//g;
        push @found, $value if lc $name eq lc $wanted;
    }
    return @found;
}

binmode STDIN;
my $raw = do { local $/; <STDIN> };
my @readers = (['Email::Simple', \&of_simple], ['a reader like SpamAssassin', \&of_rules]);
my @out;
for my $reader (@readers) {
    my @fields;
    for my $name (@ARGV) {
        push @fields, quoted($name) . ': [' . join(', ', map { quoted($_) } $reader->[1]->($raw, $name)) . ']';
    }
    push @out, quoted($reader->[0]) . ': {' . join(', ', @fields) . '}';
}
print '{', join(', ', @out), "}\n";
