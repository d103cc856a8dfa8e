<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tools\Docs;

/**
 * Boxes, arrows and words as an SVG with a ground of its own, so that it can be read on light and on dark pages.
 */
final class Drawing
{
    /** Fill and stroke. */
    private const array COLORS = [
        'plain' => ['#ffffff', '#64748b'],
        'rust' => ['#fde9dc', '#c2541b'],
        'php' => ['#e7e6f9', '#5a55b5'],
        'asterisk' => ['#e2e8f0', '#475569'],
        'good' => ['#dcf3e3', '#23804a'],
        'bad' => ['#fde2e2', '#b42323'],
        'unsure' => ['#fdf1cf', '#a16a07'],
    ];

    private const string INK = '#1e293b';

    private const string QUIET = '#475569';

    private string $shapes = '';

    public function __construct(private readonly int $width, private readonly int $height, private readonly string $title) {}

    /** @param key-of<self::COLORS> $color */
    public function box(int $x, int $y, int $width, int $height, string $color = 'plain', bool $isDashed = false): self
    {
        [$fill, $stroke] = self::COLORS[$color];
        $dash = $isDashed ? ' stroke-dasharray="5 4"' : '';
        $this->shapes .= "<rect x=\"$x\" y=\"$y\" width=\"$width\" height=\"$height\" rx=\"6\" fill=\"$fill\" stroke=\"$stroke\"$dash/>\n";

        return $this;
    }

    /** A box with lines of text in its middle, the first one strong. */
    public function labelled(int $x, int $y, int $width, int $height, string $color, string ...$lines): self
    {
        \assert(isset(self::COLORS[$color]));
        $this->box($x, $y, $width, $height, $color);
        $at = $y + intdiv($height - \count($lines) * 17, 2) + 13;
        foreach (array_values($lines) as $number => $line) {
            $this->text($x + intdiv($width, 2), $at + 17 * $number, $line, 'middle', $number === 0);
        }

        return $this;
    }

    public function text(int $x, int $y, string $text, string $anchor = 'start', bool $isStrong = false, bool $isQuiet = false): self
    {
        $color = $isQuiet ? self::QUIET : self::INK;
        $weight = $isStrong ? ' font-weight="600"' : '';
        $this->shapes .= "<text x=\"$x\" y=\"$y\" text-anchor=\"$anchor\" fill=\"$color\"$weight>" . htmlspecialchars($text, ENT_XML1) . "</text>\n";

        return $this;
    }

    /** Along points, with a head at the last one. */
    public function arrow(int ...$points): self
    {
        $path = implode(' ', array_map(static fn(array $point): string => implode(',', $point), array_chunk($points, 2)));
        $this->shapes .= "<polyline points=\"$path\" fill=\"none\" stroke=\"" . self::QUIET . "\" stroke-width=\"1.5\" marker-end=\"url(#head)\"/>\n";

        return $this;
    }

    /** @param key-of<self::COLORS> $color */
    public function area(string $color, int ...$points): self
    {
        [$fill, $stroke] = self::COLORS[$color];
        $path = implode(' ', array_map(static fn(array $point): string => implode(',', $point), array_chunk($points, 2)));
        $this->shapes .= "<polygon points=\"$path\" fill=\"$fill\" stroke=\"$stroke\"/>\n";

        return $this;
    }

    /** A letter in a circle. */
    public function mark(int $x, int $y, string $letter): self
    {
        $this->shapes .= "<circle cx=\"$x\" cy=\"$y\" r=\"10\" fill=\"" . self::COLORS['bad'][1] . "\"/>\n"
            . "<text x=\"$x\" y=\"" . $y + 5 . "\" text-anchor=\"middle\" fill=\"#fff\" font-weight=\"600\">$letter</text>\n";

        return $this;
    }

    public function svg(): string
    {
        $title = htmlspecialchars($this->title, ENT_XML1);

        return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {$this->width} {$this->height}\" width=\"{$this->width}\" role=\"img\" "
            . "font-family=\"system-ui, sans-serif\" font-size=\"14\">\n<title>$title</title>\n<!-- Drawn by tools/docs/draw. -->\n"
            . '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0,0 L8,4 L0,8 z" fill="' . self::QUIET . "\"/></marker></defs>\n"
            . "<rect width=\"{$this->width}\" height=\"{$this->height}\" rx=\"8\" fill=\"#f8fafc\"/>\n{$this->shapes}</svg>\n";
    }
}
