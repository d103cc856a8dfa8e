<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tools\Ami;

/** Generated files: all are made in memory, then written or compared. */
final class Output
{
    /** @var array<string, string> contents by path within the project */
    private array $files = [];

    /** @var array<string, string> what every generated file of a folder has in it */
    private array $marks = [];

    public function __construct(private readonly string $project) {}

    public function add(string $path, string $content): void
    {
        $this->files[$path] = $content;
    }

    /** A file of the project, of which a part is generated. */
    public function read(string $path): string
    {
        $text = file_get_contents("$this->project/$path");

        return $text === false ? throw new \RuntimeException("cannot read $path") : $text;
    }

    /** Says that a file of this folder which was not made and has this mark in it is a leftover. */
    public function owns(string $folder, string $mark): void
    {
        $this->marks[$folder] = $mark;
    }

    /** Writes what changed; 0, the exit status. */
    public function save(): int
    {
        $changed = $this->changed();
        foreach ($changed as $path) {
            $file = "$this->project/$path";
            if (!isset($this->files[$path])) {
                unlink($file);

                continue;
            }
            if (!is_dir(dirname($file))) {
                mkdir(dirname($file), 0o777, true);
            }
            file_put_contents($file, $this->files[$path]);
        }
        printf("%d generated files, %d changed\n", count($this->files), count($changed));

        return 0;
    }

    /** Names what is out of date; the exit status. */
    public function check(): int
    {
        $changed = $this->changed();
        foreach ($changed as $path) {
            fwrite(STDERR, isset($this->files[$path]) ? "$path is out of date\n" : "$path is generated no more\n");
        }
        if ($changed !== []) {
            fwrite(STDERR, "./dev generate writes them anew\n");
        }

        return $changed === [] ? 0 : 1;
    }

    /** @return list<string> */
    private function changed(): array
    {
        $changed = [];
        foreach ($this->files as $path => $content) {
            $file = "$this->project/$path";
            if (!is_file($file) || file_get_contents($file) !== $content) {
                $changed[] = $path;
            }
        }
        foreach ($this->marks as $folder => $mark) {
            foreach (scandir("$this->project/$folder") as $file) {
                $path = "$folder/$file";
                if (!is_file("$this->project/$path")) {
                    continue;
                }
                if (!isset($this->files[$path]) && str_contains($this->read($path), $mark)) {
                    $changed[] = $path;
                }
            }
        }

        return $changed;
    }
}
