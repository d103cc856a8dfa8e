<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tools\Docs;

use PhpParser\Node;
use PhpParser\Node\Stmt;
use PhpParser\NodeFinder;
use PhpParser\NodeTraverser;
use PhpParser\NodeVisitor\NameResolver;
use PhpParser\ParserFactory;

/**
 * A class, interface, trait or enum of the library, as its file has it.
 */
final readonly class Source
{
    /** @param array<string, string> $imports full names by the short ones of the file */
    private function __construct(
        public string $file,
        public string $name,
        public Stmt\ClassLike $node,
        public DocBlock $doc,
        private array $imports,
    ) {}

    /**
     * @param string $file below the root
     *
     * @return self|null null where the file declares nothing, or something of the library's own affairs
     */
    public static function read(string $root, string $file): ?self
    {
        $tree = (new ParserFactory())->createForHostVersion()->parse((string) file_get_contents("$root/$file")) ?? [];
        $resolver = new NameResolver(null, ['replaceNodes' => false]);
        $tree = (new NodeTraverser($resolver))->traverse($tree);
        $finder = new NodeFinder();
        $node = $finder->findFirstInstanceOf($tree, Stmt\ClassLike::class);
        if ($node === null || $node->namespacedName === null) {
            return null;
        }
        $doc = DocBlock::of($node->getDocComment()?->getText());
        $imports = [];
        foreach ($finder->findInstanceOf($tree, Stmt\Use_::class) as $use) {
            foreach ($use->uses as $one) {
                $imports[$one->getAlias()->toString()] = $one->name->toString();
            }
        }

        return $doc->internal ? null : new self($file, $node->namespacedName->toString(), $node, $doc, $imports);
    }

    public function short(): string
    {
        return substr((string) strrchr($this->name, '\\'), 1);
    }

    /** Below `Apn\AmiClient`; empty for what is right in it. */
    public function area(): string
    {
        return str_replace('\\', '/', substr($this->name, \strlen(Reference::ROOT), -\strlen($this->short()) - 1));
    }

    /** The full name of what a doc comment calls so. */
    public function resolve(string $written): string
    {
        if (str_starts_with($written, '\\')) {
            return substr($written, 1);
        }
        if (\in_array($written, ['self', 'static'], true)) {
            return $this->name;
        }

        return $this->imports[$written] ?? substr($this->name, 0, -\strlen($this->short())) . $written;
    }

    /** @return list<string> the full names of what it extends and implements */
    public function parents(): array
    {
        $names = match (true) {
            $this->node instanceof Stmt\Class_ => [$this->node->extends, ...$this->node->implements],
            $this->node instanceof Stmt\Interface_ => $this->node->extends,
            $this->node instanceof Stmt\Enum_ => $this->node->implements,
            default => [],
        };

        return array_map(self::full(...), array_values(array_filter($names)));
    }

    /** @return list<string> the full names of its traits */
    public function traits(): array
    {
        $traits = [];
        foreach ($this->node->getTraitUses() as $use) {
            array_push($traits, ...array_map(self::full(...), array_values($use->traits)));
        }

        return $traits;
    }

    public function kind(): string
    {
        return match (true) {
            $this->node instanceof Stmt\Interface_ => 'interface',
            $this->node instanceof Stmt\Enum_ => 'enum',
            $this->node instanceof Stmt\Trait_ => 'trait',
            default => 'class',
        };
    }

    private static function full(Node\Name $name): string
    {
        $resolved = $name->getAttribute('resolvedName');

        return $resolved instanceof Node\Name ? $resolved->toString() : $name->toString();
    }
}
