//! Tokens to a tree, by recursive descent: one function per line of the grammar in [`super`].
//!
//! Each way to nest (parentheses, calls, signs, `not`, `else`) goes through [`Parser::nested`], which counts the depth
//! before it goes deeper. Nothing else recurs, so no source can exhaust the stack. Trees and errors travel boxed, which
//! keeps the dozen frames of one level small.

#![expect(clippy::unnecessary_box_returns, reason = "boxed errors keep the frames of the recursion small")]

use super::{
    FormulaError, MAX_DEPTH, MAX_NODES,
    ast::{Binary, Expr, Kind},
    lexer::{Lexer, Token},
    names::{Function, REFUSED_WORDS, Scope, Variable},
};
use crate::pricing::near::{hint, shown};
use rust_decimal::Decimal;

type Fault = Box<FormulaError>;
type Parsed = Result<Box<Expr>, Fault>;

#[derive(Debug)]
pub(super) struct Parser<'s> {
    lexer: Lexer<'s>,
    token: Token<'s>,
    at: usize,
    scope: Scope,
    depth: usize,
    nodes: usize,
}

impl<'s> Parser<'s> {
    pub(super) fn new(source: &'s str, scope: Scope) -> Result<Self, Fault> {
        let mut lexer = Lexer::new(source);
        let (token, at) = lexer.next()?;
        Ok(Self { lexer, token, at, scope, depth: 0, nodes: 0 })
    }

    /// The whole source as one expression.
    pub(super) fn parse(mut self) -> Parsed {
        if self.token == Token::End {
            return Err(fault("the formula is empty", self.at));
        }
        let expr = self.expr()?;
        match self.token {
            Token::End => Ok(expr),
            _ => Err(self.unexpected("an operator or the end")),
        }
    }

    fn expr(&mut self) -> Parsed {
        let value = self.or()?;
        let at = self.at;
        if !self.take_word("if")? {
            return Ok(value);
        }
        let condition = self.or()?;
        if !self.take_word("else")? {
            return Err(self.unexpected("`else`, as in `a if condition else b`"));
        }
        let other = self.nested(Self::expr)?;
        self.node(at, Kind::Conditional(Box::new([condition, value, other])))
    }

    fn or(&mut self) -> Parsed {
        let mut left = self.and()?;
        loop {
            let at = self.at;
            if !self.take_word("or")? {
                return Ok(left);
            }
            let right = self.and()?;
            left = self.node(at, Kind::Binary(Binary::Or, left, right))?;
        }
    }

    fn and(&mut self) -> Parsed {
        let mut left = self.not()?;
        loop {
            let at = self.at;
            if !self.take_word("and")? {
                return Ok(left);
            }
            let right = self.not()?;
            left = self.node(at, Kind::Binary(Binary::And, left, right))?;
        }
    }

    fn not(&mut self) -> Parsed {
        let at = self.at;
        if !self.take_word("not")? {
            return self.comparison();
        }
        let operand = self.nested(Self::not)?;
        self.node(at, Kind::Not(operand))
    }

    fn comparison(&mut self) -> Parsed {
        let left = self.sum()?;
        let Some((operator, at)) = self.take_sign(Binary::comparison)? else {
            return Ok(left);
        };
        let right = self.sum()?;
        if let Token::Sign(sign) = self.token
            && Binary::comparison(sign).is_some()
        {
            let message = "comparisons cannot be chained: write `a < b and b < c`";
            return Err(fault(message, self.at));
        }
        self.node(at, Kind::Binary(operator, left, right))
    }

    fn sum(&mut self) -> Parsed {
        let mut left = self.term()?;
        while let Some((operator, at)) = self.take_sign(Binary::sum)? {
            let right = self.term()?;
            left = self.node(at, Kind::Binary(operator, left, right))?;
        }
        Ok(left)
    }

    fn term(&mut self) -> Parsed {
        let mut left = self.unary()?;
        while let Some((operator, at)) = self.take_sign(Binary::product)? {
            let right = self.unary()?;
            left = self.node(at, Kind::Binary(operator, left, right))?;
        }
        Ok(left)
    }

    fn unary(&mut self) -> Parsed {
        match self.take_sign(Binary::sum)? {
            None => self.atom(),
            Some((Binary::Subtract, at)) => {
                let operand = self.nested(Self::unary)?;
                self.node(at, Kind::Negate(operand))
            }
            // A plus changes nothing.
            Some(_) => self.nested(Self::unary),
        }
    }

    fn atom(&mut self) -> Parsed {
        let at = self.at;
        match self.token {
            Token::Number(value) => {
                self.advance()?;
                self.node(at, Kind::Number(value))
            }
            Token::Word(word) => self.word(word, at),
            Token::Sign("(") => {
                self.advance()?;
                let inner = self.nested(Self::expr)?;
                self.expect(")")?;
                Ok(inner)
            }
            Token::Sign(_) | Token::End => Err(self.unexpected("a number, a quantity, a function or `(`")),
        }
    }

    /// A constant, a quantity or a call.
    fn word(&mut self, word: &'s str, at: usize) -> Parsed {
        match word {
            "and" | "or" | "else" => return Err(self.unexpected("a number, a quantity, a function or `(`")),
            "not" => return Err(fault("`not` needs parentheses here: write `(not …)`", at)),
            _ => self.advance()?,
        }
        match word {
            "True" => self.node(at, Kind::Number(Decimal::ONE)),
            "False" => self.node(at, Kind::Number(Decimal::ZERO)),
            _ if self.token == Token::Sign("(") => self.call(word, at),
            _ => {
                let variable = self.variable(word).map_err(|message| fault(message, at))?;
                self.node(at, Kind::Variable(variable))
            }
        }
    }

    fn call(&mut self, word: &str, at: usize) -> Parsed {
        let function = function(word).map_err(|message| fault(message, at))?;
        self.expect("(")?;
        let mut arguments = Vec::new();
        if self.token != Token::Sign(")") {
            loop {
                arguments.push(self.nested(Self::expr)?);
                if self.token != Token::Sign(",") {
                    break;
                }
                self.advance()?;
            }
        }
        self.expect(")")?;
        if !function.accepts(arguments.len()) {
            return Err(fault(format!("{}, not {}", function.usage(), arguments.len()), at));
        }
        self.node(at, Kind::Call(function, arguments.into()))
    }

    fn variable(&self, word: &str) -> Result<Variable, String> {
        if let Some(variable) = Variable::from_name(word) {
            return if variable.is_known_in(self.scope) {
                Ok(variable)
            } else {
                Err(format!("`{word}` is known in tool formulas only: use `tool_calls`"))
            };
        }
        if let Some(function) = Function::from_name(word) {
            return Err(format!("`{word}` is a function: {}", function.usage()));
        }
        if let Some(message) = refused_word(word) {
            return Err(message);
        }
        let known = Variable::ALL.into_iter().filter(|variable| variable.is_known_in(self.scope));
        Err(format!("`{}` is not a known quantity{}", shown(word), hint(word, known.map(Variable::name))))
    }

    fn advance(&mut self) -> Result<(), Fault> {
        (self.token, self.at) = self.lexer.next()?;
        Ok(())
    }

    fn take_word(&mut self, word: &str) -> Result<bool, Fault> {
        let found = self.token == Token::Word(word);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    /// The operator that the current sign stands for in this line of the grammar.
    fn take_sign(&mut self, read: fn(&str) -> Option<Binary>) -> Result<Option<(Binary, usize)>, Fault> {
        let (Token::Sign(sign), at) = (self.token, self.at) else {
            return Ok(None);
        };
        let Some(operator) = read(sign) else {
            return Ok(None);
        };
        self.advance()?;
        Ok(Some((operator, at)))
    }

    fn expect(&mut self, sign: &'static str) -> Result<(), Fault> {
        if self.token == Token::Sign(sign) { self.advance() } else { Err(self.unexpected(&format!("`{sign}`"))) }
    }

    /// Goes one level deeper, or refuses.
    fn nested(&mut self, parse: fn(&mut Self) -> Parsed) -> Parsed {
        if self.depth == MAX_DEPTH {
            return Err(fault(format!("the formula nests deeper than {MAX_DEPTH} levels"), self.at));
        }
        self.depth += 1;
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }

    fn node(&mut self, at: usize, kind: Kind) -> Parsed {
        if self.nodes == MAX_NODES {
            let message = format!("the formula has more than {MAX_NODES} numbers, quantities and operators");
            return Err(fault(message, at));
        }
        self.nodes += 1;
        Ok(Box::new(Expr { at, kind }))
    }

    fn unexpected(&self, expected: &str) -> Fault {
        let message = match self.token {
            Token::End => format!("the formula ends where {expected} is expected"),
            Token::Number(_) => format!("expected {expected}, not a number"),
            Token::Word(word) => match refused_word(word) {
                Some(message) => message,
                None => format!("expected {expected}, not `{}`", shown(word)),
            },
            Token::Sign(sign) => format!("expected {expected}, not `{sign}`"),
        };
        fault(message, self.at)
    }
}

fn fault(message: impl Into<String>, at: usize) -> Fault {
    Box::new(FormulaError::new(message, at))
}

fn function(word: &str) -> Result<Function, String> {
    if let Some(function) = Function::from_name(word) {
        return Ok(function);
    }
    if Variable::from_name(word).is_some() {
        return Err(format!("`{word}` is a quantity and cannot be called: is `*` missing?"));
    }
    if let Some(message) = refused_word(word) {
        return Err(message);
    }
    Err(format!("`{}` is not a known function{}", shown(word), hint(word, Function::ALL.map(Function::name))))
}

fn refused_word(word: &str) -> Option<String> {
    REFUSED_WORDS.contains(&word).then(|| format!("`{word}` is not part of the formula language"))
}
